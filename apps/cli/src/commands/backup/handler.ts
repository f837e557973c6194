import type { Backup } from "@atoll/contract/schemas/backups";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { bytes } from "../../output/bytes.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

interface Which {
  slug?: string | undefined;
}

const colours = {
  verified: "green",
  made: "yellow",
  making: "yellow",
  damaged: "red",
  missing: "red",
  removed: "yellow",
} as const;

/** All of them, page by page. */
async function* allOf(desk: Desk, slug: string | undefined): AsyncGenerator<Backup> {
  for (let cursor: string | undefined; ; ) {
    const page = await desk.backups.list({ slug, cursor, limit: 100 });
    yield* page.items;
    cursor = page.nextCursor;
    if (cursor === undefined) return;
  }
}

/** `backup list`: what there is, newest first, as it was last looked at. */
export const backupList = (context: CommandContext, { slug }: Which): Handler =>
  withDesk(context, { worker: false }, async (desk) => {
    const items: Backup[] = [];
    for await (const each of allOf(desk, slug)) items.push(each);
    const text =
      items.length === 0 ? "There is no backup yet: `atoll backup SLUG` makes one." : tableOf(items);
    return { result: { items }, text, exitCode: exitCode.ok };
  });

/** `backup check`: every part of every backup is read again. */
export async function* backupCheck(context: CommandContext, { slug }: Which): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const items: Backup[] = [];
    for await (const { id, state } of allOf(desk, slug))
      if (state !== "making") items.push(await desk.backups.check(id));
    const broken = items.filter(({ state }) => state === "damaged" || state === "missing");
    const summary = `${items.length} looked at, ${broken.length} not whole`;
    return {
      result: { items },
      text: items.length === 0 ? "There is no backup to look at." : `${tableOf(items)}\n\n${summary}`,
      exitCode: broken.length > 0 ? exitCode.differs : exitCode.ok,
    };
  });
}

function tableOf(items: readonly Backup[]): string {
  const slugs = Math.max(...items.map(({ instance }) => instance.length));
  const ids = Math.max(...items.map(({ id }) => id.length));
  return items
    .map(({ id, instance, state, madeAt, beganAt, rows, sizeBytes, problem }) => {
      const sizes = rows === undefined ? "" : `${rows} rows, ${bytes(sizeBytes ?? 0)}`;
      const at = (madeAt ?? beganAt).slice(0, 16).replace("T", " ");
      const line = `  ${plain(instance.padEnd(slugs))}  ${id.padEnd(ids)}  ${at}  ${paint(colours[state], state.padEnd(8))}  ${sizes}`;
      return problem === undefined
        ? line.trimEnd()
        : `${line.trimEnd()}\n      ${plain(problem.what)}\n      ${plain(problem.next)}`;
    })
    .join("\n");
}
