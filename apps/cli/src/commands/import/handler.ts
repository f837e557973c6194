import { type CommandContext, withDesk } from "../../context.ts";
import { bytes } from "../../output/bytes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint, plain } from "../../output/paint.ts";
import { followRun } from "../run.ts";

/** Sends in an archive from this machine, and fills an instance from it. */
export async function* importFrom(
  context: CommandContext,
  { slug, archive }: { slug: string; archive: string },
): Handler {
  // Only now: `--help` needs none of it.
  const { takeUp } = await import("@atoll/hub/exports/on-disk");
  const tar = await takeUp(archive);
  return yield* withDesk(context, { worker: true, about: slug }, async function* (desk) {
    await desk.instance(slug); // before anything is sent
    const sent = await desk.exports.upload(tar, desk.operator);
    yield {
      type: "remark",
      text: `${plain(sent.slug)}, made at ${sent.madeAt}: ${sent.rows} rows in ${sent.tables} tables, ${bytes(sent.sizeBytes)}.`,
    };
    return yield* followRun(desk, "import", slug, {
      input: { upload: sent.id },
      done: ({ durationMs }) =>
        `\n${paint("green", "✓")} ${slug} holds what the archive holds, compared row by row  (${duration(durationMs)})`,
    });
  });
}
