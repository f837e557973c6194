import { type AddCommand, examples } from "../../command.ts";
import { poolDrain, poolSet, poolShow } from "./handler.ts";

/** Tells the command line about `atoll pool`. */
export const poolCommand: AddCommand = (program, { context, show }) => {
  const pool = program
    .command("pool")
    .description(
      "blank projects that are kept ready, so that a new instance need not wait for one (docs/warm-pool.md)",
    );

  pool
    .command("show", { isDefault: true })
    .description("what is wanted where, what is ready, and what it costs")
    .addHelpText("after", examples("atoll pool"))
    .action(() => show(poolShow(context)));

  pool
    .command("set")
    .argument("<region>", "as Supabase names it, such as eu-central-1")
    .argument("<count>", "so many are kept ready there; 0 = none")
    .option("--environment <name>", "of this set of provider accounts; the default one if left out")
    .option("--max-age-days <days>", "throw away, and replace, what nobody claimed for so long")
    .option("--wait", "stay until they are ready", false)
    .description("keep so many ready in a region")
    .addHelpText("after", examples("atoll pool set eu-central-1 2", "atoll pool set eu-central-1 2 --wait"))
    .action(
      (
        region: string,
        count: string,
        options: { environment?: string; maxAgeDays?: string; wait: boolean },
      ) => show(poolSet(context, { region, count, ...options })),
    );

  pool
    .command("drain")
    .option("--region <region>", "there only")
    .option("--environment <name>", "of this set of provider accounts only")
    .description("want none any more, and remove those that nobody claimed")
    .addHelpText("after", examples("atoll pool drain", "atoll pool drain --region eu-central-1"))
    .action((options: { region?: string; environment?: string }) => show(poolDrain(context, options)));
};
