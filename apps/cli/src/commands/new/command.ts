import { type AddCommand, examples } from "../../command.ts";
import { create, type NewInput } from "./handler.ts";
import { promptsOn } from "./prompts.ts";

/** Tells the command line about `atoll new`. */
export const newCommand: AddCommand = (program, { context, show }) => {
  program
    .command("new")
    .argument("[blueprint]", "what kind of instance; asked for if left out")
    .option("--from <file>", "answers as JSON or YAML instead of questions; `-` reads standard input")
    .option("--yes", "make it without asking once more", false)
    .option("--adopt", "agree to the changes in what is brought", false)
    .option("--plan-only", "show what would be made and what it costs; make nothing", false)
    .option("--save <file>", "write the answers, without secrets, into a file for --from")
    .option("--files <folder>", "write what somebody needs who does it by hand, once it is made")
    .option("--locale <language>", "language of the questions: en, fr or id")
    .option(
      "--environment <name>",
      "provider accounts to make it with; the first of ATOLL_ENVIRONMENTS if left out",
    )
    .description("ask what a client needs, show what it takes and costs, and make it")
    .addHelpText(
      "after",
      examples(
        "atoll new",
        "atoll new community --locale fr",
        "atoll new --from instances/example-community.json --plan-only",
        "atoll new --from toko-a.json --yes --json",
      ),
    )
    .action((blueprint: string | undefined, options: NewInput) => {
      const { json, ndjson } = program.opts<{ json?: boolean; ndjson?: boolean }>();
      const isTerminal = process.stdin.isTTY && process.stdout.isTTY && !json && !ndjson;
      const prompts = isTerminal ? promptsOn({ input: process.stdin, output: process.stdout }) : undefined;
      return show(create(context, { ...options, blueprint }, prompts));
    });
};
