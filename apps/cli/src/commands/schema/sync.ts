import path from "node:path";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { writeFiles } from "../files/handler.ts";
import type { CheckInput } from "./check.ts";

/** `schema sync`: writes the SQL that would bring each laggard up, for whoever applies it by hand. */
export async function* schemaSync(context: CommandContext, input: CheckInput & { out: string }): Handler {
  const { slug, blueprint, environment, out } = input;
  return yield* withDesk(context, { worker: false, environment }, async (desk) => {
    const files = await desk.schemas.sync({ slug, blueprint, environment });
    if (files.length === 0)
      return {
        result: { files },
        text: slug === undefined ? "No instance is behind: nothing to write." : `${slug} is not behind.`,
        exitCode: exitCode.ok,
      };
    // Only the last part of the name: a hub says nothing about folders of this machine.
    const written = writeFiles(
      out,
      Object.fromEntries(files.map((each) => [path.basename(each.path), each.sql])),
      "out",
    );
    const items = files.map(({ instance, from, to }, at) => ({ instance, from, to, ...written[at] }));
    return {
      result: { files: items },
      text: [
        ...items.map(
          ({ path: file, written: isNew, from, to }) =>
            `  ${isNew ? paint("green", "+") : "="} ${file}  ${paint("dim", `${from} → ${to}`)}`,
        ),
        "",
        "Each holds its own transaction and may be applied again. With the instance's address:",
        `  psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f ${items[0]?.path ?? ""}`,
        "Then `atoll schema check` has the hub look again.",
      ].join("\n"),
      exitCode: exitCode.ok,
    };
  });
}
