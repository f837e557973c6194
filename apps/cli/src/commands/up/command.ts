import { type AddCommand, examples } from "../../command.ts";
import { answering } from "../../input/flags.ts";
import { type UpInput, up } from "./handler.ts";

/** Tells the command line about `atoll up`. */
export const upCommand: AddCommand = (program, { context, show }) => {
  answering(program.command("up").argument("[slug]", "the client's slug; made from the name if left out"))
    .description("give a client their application, or bring an existing one to what is wanted")
    .addHelpText(
      "after",
      examples(
        'atoll up --name "Toko A" --admin-email owner@toko-a.example',
        "atoll up --file toko-a.yaml",
        "atoll up toko-a --ndjson",
      ),
    )
    .action((slug: string | undefined, options: UpInput) => show(up(context, { ...options, slug })));
};
