import { monitorRanges } from "@atoll/contract/schemas/monitor";
import { type AddCommand, examples } from "../../command.ts";
import { healthBudget } from "./budget.ts";
import { fleetHealth, instanceHealth } from "./handler.ts";
import { healthIncidents } from "./incidents.ts";
import { healthLimits, healthRuns } from "./limits.ts";

/** Tells the command line about `atoll health`. */
export const healthCommand: AddCommand = (program, { context, show }) => {
  const health = program
    .command("health")
    .argument("[slug]", "one instance; the whole fleet if left out")
    .option("--range <range>", `how far back: ${monitorRanges.join(", ")}`, "24h")
    .description("how instances are, as the hub's own looks found them; exit code 3 when something is wrong")
    .addHelpText("after", examples("atoll health", "atoll health toko-a --range 7d", "atoll health --json"))
    .action((slug: string | undefined, options: { range: string }) =>
      show(slug === undefined ? fleetHealth(context) : instanceHealth(context, { slug, ...options })),
    );

  health
    .command("incidents")
    .argument("[slug]", "of one instance only")
    .option("--open", "open ones only", false)
    .option("--limit <count>", "how many at most", "20")
    .description("what was wrong, newest first; exit code 3 when an incident is open")
    .addHelpText("after", examples("atoll health incidents", "atoll health incidents toko-a --open"))
    .action((slug: string | undefined, options: { open: boolean; limit: string }) =>
      show(healthIncidents(context, { slug, ...options })),
    );

  health
    .command("limits")
    .description("what providers said last about their limits; exit code 3 where less than a tenth is left")
    .addHelpText("after", examples("atoll health limits"))
    .action(() => show(healthLimits(context)));

  health
    .command("runs")
    .option("--days <count>", "of the last so many days", "30")
    .description("how long runs and their steps take; exit code 3 where a kind is over its budget")
    .addHelpText("after", examples("atoll health runs", "atoll health runs --days 7"))
    .action((options: { days: string }) => show(healthRuns(context, options)));

  health
    .command("budget")
    .argument("[kind]", "of runs, such as provision; all if left out")
    .argument("[seconds]", 'how long one may take from now on; "usual" takes the change back')
    .description("how long runs may take before an incident says that they are slow")
    .addHelpText("after", examples("atoll health budget", "atoll health budget provision 300"))
    .action((kind: string | undefined, seconds: string | undefined) =>
      show(healthBudget(context, { kind, seconds })),
    );
};
