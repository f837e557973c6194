import { type AddCommand, examples } from "../../command.ts";
import { type UsageInput, usage, usageCsv } from "./handler.ts";

/** Tells the command line about `atoll usage`. */
export const usageCommand: AddCommand = (program, { context, show }) => {
  program
    .command("usage")
    .argument("[slug]", "one instance; the whole fleet if left out")
    .option("--month <month>", "as 2026-11; the one that goes on if left out")
    .option("--environment <name>", "those of one set of provider accounts")
    .option("--csv", "print the report as CSV", false)
    .option("--measure", "count the instance now, at its providers", false)
    .description("what instances used in a month, and what that costs by the hub's own prices")
    .addHelpText(
      "after",
      examples(
        "atoll usage",
        "atoll usage toko-a --measure",
        "atoll usage --month 2026-11 --csv > usage.csv",
      ),
    )
    .action((slug: string | undefined, { csv, ...options }: Omit<UsageInput, "slug"> & { csv: boolean }) =>
      show(csv ? usageCsv(context, { slug, ...options }) : usage(context, { slug, ...options })),
    );
};
