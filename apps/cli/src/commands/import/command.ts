import { type AddCommand, examples } from "../../command.ts";
import { importFrom } from "./handler.ts";

/** Tells the command line about `atoll import`. */
export const importCommand: AddCommand = (program, { context, show }) => {
  program
    .command("import")
    .argument("<slug>", "a fresh instance: nothing of one in use is written over")
    .argument("<archive>", "a tar, or a folder with a manifest.json")
    .description("fill a fresh instance from an archive (docs/exports.md)")
    .addHelpText("after", examples("atoll import toko-b toko-a.tar"))
    .action((slug: string, archive: string) => show(importFrom(context, { slug, archive })));
};
