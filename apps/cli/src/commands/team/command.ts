import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";
import { teamList } from "./handler.ts";

interface Plan {
  plan?: boolean;
}

/** Tells the command line about `atoll team`. */
export const teamCommand: AddCommand = (program, { context, show }) => {
  const team = program
    .command("team")
    .description("who belongs to an instance, and as what (`atoll invite` adds somebody)")
    .addHelpText("after", examples("atoll team toko-a", "atoll team role toko-a budi@toko-a.example admin"));

  team
    .command("list", { isDefault: true })
    .argument("<slug>")
    .description("everybody with an account there, and the roles that there are")
    .addHelpText("after", examples("atoll team toko-a"))
    .action((slug: string) => show(teamList(context, { slug })));

  /** A subcommand that does one thing to one address. */
  const deed = (name: "resend" | "revoke" | "remove", description: string, done: string) =>
    team
      .command(name)
      .argument("<slug>")
      .argument("<email>")
      .option("--plan", "only show what it would do")
      .description(description)
      .addHelpText("after", examples(`atoll team ${name} toko-a budi@toko-a.example`))
      .action((slug: string, email: string, { plan }: Plan) =>
        show(operate(context, "team", { slug, plan, input: { do: name, email } }, `${done} ${email}`)),
      );

  team
    .command("role")
    .argument("<slug>")
    .argument("<email>")
    .argument("<role>")
    .option("--of <id>", "whom the role belongs to, where it needs somebody")
    .option("--plan", "only show what it would do")
    .description("give a member another role; the last admin keeps theirs")
    .addHelpText("after", examples("atoll team role toko-a budi@toko-a.example admin"))
    .action((slug: string, email: string, role: string, { plan, of }: Plan & { of?: string }) =>
      show(
        operate(
          context,
          "team",
          { slug, plan, input: { do: "role", email, role, ...(of && { of }) } },
          `has ${email} as ${role} now`,
        ),
      ),
    );
  deed(
    "resend",
    "mail another link to somebody who has not accepted yet; the older one ends",
    "has written to",
  );
  deed("revoke", "take an invitation back that was not accepted yet", "does not wait any more for");
  deed("remove", "remove a member with their account; the last admin stays", "is without");
};
