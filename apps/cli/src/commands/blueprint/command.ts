import { type AddCommand, examples } from "../../command.ts";
import type { RehearseInput } from "./rehearse.ts";

/** Tells the command line about `atoll blueprint new`, `test` and `rehearse`. */
export const blueprintCommand: AddCommand = (program, { show }) => {
  const blueprint = program
    .command("blueprint")
    .description("write a kind of instance of your own, and put it to trial");

  blueprint
    .command("new")
    .argument("<name>", "3 to 40 of a-z, 0-9 and -, beginning with a letter")
    .option("--folder <path>", "where it is made; default: a folder of its name here")
    .description("make a folder with a blueprint that runs at once")
    .addHelpText(
      "after",
      examples("atoll blueprint new bakery", "atoll blueprint new bakery --folder ../bakery"),
    )
    .action(async (name: string, options: { folder?: string }) => {
      const { newBlueprint } = await import("./new.ts");
      return show(newBlueprint({ name, ...options }));
    });

  blueprint
    .command("test")
    .argument("[folder]", "a folder that `blueprint new` made", ".")
    .description("run the blueprint's own tests")
    .addHelpText("after", examples("atoll blueprint test bakery"))
    .action(async (folder: string) => {
      const { testBlueprint } = await import("./test-own.ts");
      return show(testBlueprint(process.env, { folder }));
    });

  blueprint
    .command("rehearse")
    .argument("<name|folder>")
    .option("--step <name>", "put only this step to trial")
    .option("--quick", "a sample, for every change", false)
    .option("--all", "everything that can be tried", false)
    .option("--seed <number>", "the same sample as before")
    .option("--answers <file>", "answers of an imagined client, as JSON")
    .option("--report <file>", "write the report there as Markdown")
    .description("run it on a local cloud of its own, each step failing, repeated, killed and undone")
    .addHelpText(
      "after",
      examples(
        "atoll blueprint rehearse shop --quick",
        "atoll blueprint rehearse ../bakery --report bakery.md",
      ),
    )
    .action(async (what: string, options: Omit<RehearseInput, "what">) => {
      const { rehearse } = await import("./rehearse.ts");
      return show(rehearse(process.env, { ...options, what }));
    });
};
