import { type AddCommand, examples } from "../../command.ts";

/** Tells the command line about `atoll password-link`. */
export const passwordLinkCommand: AddCommand = (program, { context, show }) => {
  program
    .command("password-link <email>")
    .description("a one-time link with which a member of the hub's team chooses a new password")
    .addHelpText("after", examples("atoll password-link ada@example.com"))
    .action(async (email: string) => {
      const { passwordLink } = await import("./handler.ts");
      return show(passwordLink(context, { email }));
    });
};
