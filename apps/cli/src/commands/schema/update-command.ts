import type { Command } from "commander";
import { type AddCommand, examples } from "../../command.ts";
import { promptsOn } from "../new/prompts.ts";
import { schemaUpdate, type UpdateInput } from "./update.ts";

const collect = (each: string, before: string[] = []) => [...before, each];

/** Adds `schema update` to `atoll schema`. */
export function addUpdate(
  schema: Command,
  program: Command,
  { context, show }: Parameters<AddCommand>[1],
): void {
  schema
    .command("update")
    .argument("[slug]", "one instance")
    .option("--all", "all instances that are behind", false)
    .option("--where <filter>", "those with blueprint=NAME, environment=NAME, state=STATE; comma-separated")
    .option("--environment <name>", "instances of this set of provider accounts only")
    .option(
      "--canary <slug>",
      "goes first, alone; repeatable; one that is live is chosen if left out",
      collect,
    )
    .option("--waves <percents>", "shares of the fleet that are through after each wave, as in 10,50,100")
    .option("--budget <percent>", "how many may fail before it stops; 2 if left out")
    .option("--approve", "wait for a person between waves", false)
    .option("--concurrency <n>", "databases at once; 8 if left out")
    .option("--per-server <n>", "of these on one database server; 4 if left out")
    .option("--lock-timeout <time>", "how long a statement waits for a lock, as in 5s")
    .option("--statement-timeout <time>", "how long a statement may take, as in 60s")
    .option("--attempts <n>", "tries at one database; 3 if left out")
    .option("--yes", "begin without asking", false)
    .description("bring instances to the newest version of their schema, wave by wave")
    .addHelpText(
      "after",
      examples(
        "atoll schema update toko-a",
        "atoll schema update --all --canary toko-a --waves 10,50,100 --budget 2",
        "atoll schema update --where blueprint=shop,state=live --approve --yes",
      ),
    )
    .action((slug: string | undefined, options: Omit<UpdateInput, "slug">) => {
      const { json, ndjson } = program.opts<{ json?: boolean; ndjson?: boolean }>();
      const isTerminal = process.stdin.isTTY && process.stdout.isTTY && !json && !ndjson;
      const prompts = isTerminal ? promptsOn({ input: process.stdin, output: process.stdout }) : undefined;
      return show(schemaUpdate(context, { ...options, slug }, prompts));
    });
}
