import { type AddCommand, examples } from "../../command.ts";
import { vaultDrift, vaultList, vaultRemove, vaultSettle } from "./handler.ts";
import { type SetOptions, vaultRotate, vaultSet } from "./set.ts";

/** Tells the command line about `atoll vault`. */
export const vaultCommand: AddCommand = (program, { context, show }) => {
  const vault = program
    .command("vault")
    .description("an instance's own settings and keys of other services, compared with what the hub wrote");

  vault
    .command("list")
    .argument("<slug>")
    .description("every key; secrets are never shown")
    .addHelpText("after", examples("atoll vault list saint-ouen"))
    .action((slug: string) => show(vaultList(context, { slug })));

  vault
    .command("set")
    .argument("<words...>", "SLUG KEY [VALUE], or KEY [VALUE] with --where; a secret by standard input")
    .option("--type <type>", "text, number, boolean, json, coordinates, url or email")
    .option("--public", "everybody may read it")
    .option("--secret", "nobody is shown it again; what a new key is unless one says --public")
    .option("--where <filter>", "all instances with blueprint=NAME or state=STATE, comma-separated")
    .description("set a key; what was changed in the instance meanwhile is not overwritten")
    .addHelpText(
      "after",
      examples(
        'atoll vault set saint-ouen CITY_NAME "Saint-Ouen"',
        "atoll vault set saint-ouen OPENAI_API_KEY < key.txt",
        "atoll vault set --where blueprint=community OPENAI_API_KEY < key.txt",
      ),
    )
    .action((words: string[], options: SetOptions) => show(vaultSet(context, words, options)));

  vault
    .command("rotate")
    .argument("<slug>")
    .argument("<key>")
    .option("--stdin", "take the new value from standard input instead of making one up")
    .option("--show", "show a value that was made up, this once")
    .description("give a secret a new value")
    .addHelpText(
      "after",
      examples(
        "atoll vault rotate saint-ouen WEBHOOK_SECRET",
        "atoll vault rotate saint-ouen OPENAI_API_KEY --stdin < key.txt",
      ),
    )
    .action((slug: string, key: string, options: { stdin?: boolean; show?: boolean }) =>
      show(vaultRotate(context, { slug, key, ...options })),
    );

  vault
    .command("remove")
    .argument("<slug>")
    .argument("<key>")
    .description("remove a key")
    .addHelpText("after", examples("atoll vault remove saint-ouen SLOGAN"))
    .action((slug: string, key: string) => show(vaultRemove(context, { slug, key })));

  vault
    .command("drift")
    .argument("<slug>")
    .description("keys whose two sides differ; exit code 3 when there are some")
    .addHelpText("after", examples("atoll vault drift saint-ouen"))
    .action((slug: string) => show(vaultDrift(context, { slug })));

  vault
    .command("settle")
    .argument("<slug>")
    .argument("<key>")
    .option("--take <side>", "instance or hub")
    .description("say which side of a key wins")
    .addHelpText("after", examples("atoll vault settle saint-ouen CITY_NAME --take instance"))
    .action((slug: string, key: string, { take }: { take?: string }) =>
      show(vaultSettle(context, { slug, key, take })),
    );
};
