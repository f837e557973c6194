import { type AddCommand, examples } from "../../command.ts";
import { answering } from "../../input/flags.ts";
import type { UpInput } from "../up/handler.ts";
import { plan } from "./handler.ts";

/** Tells the command line about `atoll plan`. */
export const planCommand: AddCommand = (program, { context, show }) => {
  answering(program.command("plan").argument("[slug]", "the client's slug; made from the name if left out"))
    .description("show what `up` would do; writes nothing anywhere")
    .addHelpText(
      "after",
      examples(
        'atoll plan --name "Toko A" --admin-email owner@toko-a.example',
        "atoll plan --file toko-a.yaml --json",
      ),
    )
    .action((slug: string | undefined, options: UpInput) => show(plan(context, { ...options, slug })));
};
