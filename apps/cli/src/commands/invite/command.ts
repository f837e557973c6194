import { type AddCommand, examples } from "../../command.ts";
import { operate } from "../operate.ts";

interface Options {
  role: string;
  name?: string;
  of?: string;
  plan?: boolean;
}

/** Tells the command line about `atoll invite`. */
export const inviteCommand: AddCommand = (program, { context, show }) => {
  program
    .command("invite")
    .argument("<slug>")
    .argument("<email>")
    .requiredOption("--role <role>", "what they can be there: `atoll team SLUG` lists the roles")
    .option("--name <name>", "how they are called")
    .option("--of <id>", "whom the role belongs to, where it needs somebody: a client of an agency")
    .option("--plan", "only show what it would do")
    .description("invite somebody into an instance: an account, and a mail with a one-time link")
    .addHelpText(
      "after",
      examples("atoll invite toko-a budi@toko-a.example --role staff", "atoll team toko-a"),
    )
    .action((slug: string, email: string, { role, name, of, plan }: Options) =>
      show(
        operate(
          context,
          "team",
          { slug, plan, input: { do: "invite", email, role, ...(name && { name }), ...(of && { of }) } },
          `has invited ${email.trim().toLowerCase()}`,
        ),
      ),
    );
};
