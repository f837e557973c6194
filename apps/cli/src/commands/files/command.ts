import { type AddCommand, examples } from "../../command.ts";
import { files } from "./handler.ts";

/** Tells the command line about `atoll files`. */
export const filesCommand: AddCommand = (program, { context, show }) => {
  program
    .command("files")
    .argument("<slug>")
    .option("--to <folder>", "where they are written", "instances")
    .description("write an instance's answers, vault and registry row as files, for doing it by hand")
    .addHelpText("after", examples("atoll files saint-ouen", "atoll files saint-ouen --to ../clients"))
    .action((slug: string, { to }: { to: string }) => show(files(context, { slug, to })));
};
