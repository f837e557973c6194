import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";
import { domainAdd, domainList } from "./handler.ts";

interface Plan {
  plan?: boolean;
}

/** Tells the command line about `atoll domain`. */
export const domainCommand: AddCommand = (program, { context, show }) => {
  const domain = program
    .command("domain")
    .description("custom domains of an instance's site (docs/domains.md)");

  domain
    .command("list", { isDefault: true })
    .argument("<slug>")
    .description("its domains, how they are, and the DNS records that are still missing")
    .addHelpText("after", examples("atoll domain toko-a", "atoll domain list toko-a"))
    .action((slug: string) => show(domainList(context, { slug })));

  domain
    .command("add")
    .argument("<slug>")
    .argument("<domain>")
    .option("--plan", "only show what it would do")
    .description("add a domain at the site's host, and show the DNS records to set")
    .addHelpText("after", examples("atoll domain add toko-a www.toko.example"))
    .action((slug: string, name: string, { plan }: Plan) =>
      show(domainAdd(context, { slug, domain: name, plan })),
    );

  /** A subcommand that does one thing to one domain. */
  const deed = (
    name: "verify" | "primary" | "remove",
    description: string,
    done: (domain: string) => string,
  ) =>
    domain
      .command(name)
      .argument("<slug>")
      .argument("<domain>")
      .option("--plan", "only show what it would do")
      .description(description)
      .addHelpText("after", examples(`atoll domain ${name} toko-a www.toko.example`))
      .action((slug: string, typed: string, { plan }: Plan) =>
        show(operate(context, "domain", { slug, plan, input: { do: name, domain: typed } }, done(typed))),
      );
  deed(
    "verify",
    "have the host look at its DNS now; the hub does so by itself, too",
    (typed) => `has had ${typed} looked at: \`atoll domain list\` says how it is`,
  );
  deed(
    "primary",
    "make it the instance's address: mails lead there from then on",
    (typed) => `is at ${typed} now`,
  );
  deed("remove", "take it off the site, the instance's Auth and resolvers", (typed) => `is without ${typed}`);
};
