import { type AddCommand, examples } from "../../command.ts";
import { accept, unaccept } from "./accept.ts";
import { driftOfAll, type FleetInput } from "./fleet.ts";
import { drift } from "./handler.ts";

/** Tells the command line about `atoll drift`. */
export const driftCommand: AddCommand = (program, { context, show }) => {
  const command = program
    .command("drift")
    .argument("[slug]", "one instance, looked at now; left out = all, as last seen")
    .option("--check", "look at every live instance now instead")
    .option(
      "--area <name>",
      "of all: environment, repository, site, auth, automations, schema, users, vault, ...",
    )
    .option("--blueprint <name>", "of all: those of one kind")
    .option("--environment <name>", "of all: those of one set of provider accounts")
    .description("what was changed behind our back; changes nothing at any provider")
    .addHelpText(
      "after",
      examples(
        "atoll drift",
        "atoll drift --check --json",
        "atoll drift toko-a",
        "atoll drift accept toko-a environment.CLIENT_NAME",
      ),
    )
    .action((slug: string | undefined, options: FleetInput) =>
      show(slug === undefined ? driftOfAll(context, options) : drift(context, { slug })),
    );

  command
    .command("accept")
    .argument("<slug>")
    .argument("<paths...>", "as `atoll drift` writes them")
    .description("let differences be: they are not told again until they change")
    .addHelpText("after", examples("atoll drift accept toko-a users.new-admin@toko-a.example"))
    .action((slug: string, paths: string[]) => show(accept(context, { slug, paths })));

  command
    .command("unaccept")
    .argument("<slug>")
    .argument("<paths...>")
    .description("take an acceptance back")
    .addHelpText("after", examples("atoll drift unaccept toko-a environment.CLIENT_NAME"))
    .action((slug: string, paths: string[]) => show(unaccept(context, { slug, paths })));
};
