import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { bytes } from "../../output/bytes.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { duration, paint } from "../../output/paint.ts";
import { operate } from "../operate.ts";
import { followRun } from "../run.ts";

interface ExportOptions {
  slug: string;
  to: string;
  takeOut?: boolean;
  sql?: boolean;
  plan?: boolean;
}

/** Exports an instance and writes the archive to a place on this machine. */
export async function* exportTo(context: CommandContext, options: ExportOptions): Handler {
  const { slug, to, takeOut = false, sql = false, plan } = options;
  const input = { form: takeOut ? "take-out" : "archive", sql };
  if (plan) return yield* operate(context, "export", { slug, plan, input }, "");
  // Only now: `--help` needs none of it.
  const { mustBeFree, putDown } = await import("@atoll/hub/exports/on-disk");
  await mustBeFree(to);
  return yield* withDesk(context, { worker: true, about: slug }, async function* (desk) {
    const outcome = yield* followRun(desk, "export", slug, {
      input,
      done: ({ durationMs }) => `\n${paint("green", "✓")} ${slug} is exported  (${duration(durationMs)})`,
    });
    if (outcome.exitCode !== exitCode.ok) return outcome;
    const { run } = outcome.result as { run: string }; // as `followRun` gives it
    const sizeBytes = await putDown(whole(await desk.exports.download(run)), to);
    const { items } = { items: await desk.exports.list(slug) };
    const rows = items.find(({ id }) => id === run)?.rows ?? 0;
    return {
      result: { ...outcome.result, to, rows, sizeBytes },
      text: `${outcome.text}\n  ${rows} rows, ${bytes(sizeBytes)}, in ${to}`,
      exitCode: exitCode.ok,
    };
  });
}

const tries = 5;

/** The bytes of an export; a connection that broke is opened again where it broke. */
async function* whole({
  content,
}: Awaited<ReturnType<Desk["exports"]["download"]>>): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let broken = 0; ; ) {
    try {
      for await (const piece of content(at)) {
        at += piece.length;
        broken = 0;
        yield piece;
      }
      return;
    } catch (error) {
      broken += 1;
      const mayPass = !(error instanceof Fault) || error.kind === "try-again";
      if (!mayPass || broken > tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** broken));
    }
  }
}
