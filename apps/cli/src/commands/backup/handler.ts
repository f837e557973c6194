import type { Backup, InstanceBackups } from "@atoll/contract/schemas/backups";
import { Fault } from "@atoll/core/fault";
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

/** `backup list`: what there is, newest first, as it was last looked at; of one instance, its provider's too. */
export const backupList = (context: CommandContext, { slug }: Which): Handler =>
  withDesk(context, { worker: false, ...(slug !== undefined && { about: slug }) }, async (desk) => {
    const of = slug === undefined ? undefined : await desk.backups.show(slug);
    const items: Backup[] = [];
    for await (const each of allOf(desk, slug)) items.push(each);
    const ours =
      items.length === 0
        ? `There is no backup yet: \`atoll backup ${slug ?? "SLUG"}\` makes one.`
        : tableOf(items);
    return {
      result: { items, ...(of && { provider: of.provider }) },
      text: of === undefined ? ours : `${ours}\n\n${providerText(of.provider)}`,
      exitCode: exitCode.ok,
    };
  });

/** What the provider keeps, with the ids that `restore --provider` takes. */
function providerText({ items, pointInTime, what }: InstanceBackups["provider"]): string {
  const moments = pointInTime && [
    `  any moment from ${pointInTime.from ?? "its first backup"} to ${pointInTime.to ?? "now"} (--at)`,
  ];
  const kept = items.map(({ id, at, state }) => `  ${plain(id.padEnd(6))}  ${minuteOf(at)}  ${plain(state)}`);
  return ["At the provider:", ...(moments ?? []), ...kept, ...(what ? [`  ${plain(what)}`] : [])].join("\n");
}

const minuteOf = (time: string) => `${time.slice(0, 16).replace("T", " ")} UTC`;

/** `backup check`: every part of every backup is read again. */
export async function* backupCheck(context: CommandContext, { slug }: Which): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    if (slug !== undefined) await desk.backups.show(slug); // one that is not there is refused
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

interface Removal {
  slug: string;
  backup: string;
  confirm?: string;
  /** Even if no other verified one is left then. */
  force?: boolean;
}

/** `backup remove`: one backup goes for good. `confirm` has to repeat the slug. */
export async function* backupRemove(
  context: CommandContext,
  { slug, backup, confirm, force }: Removal,
): Handler {
  if (confirm !== slug)
    throw new Fault("rejected", {
      what: `Nothing brings a removed backup of "${slug}" back, and its removal was not confirmed.`,
      next: `Repeat the slug: \`atoll backup remove ${slug} ${backup} --confirm ${slug}\`.`,
      field: "confirm",
    });
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const result = await desk.backups.remove({ backup, confirm, force, by: desk.operator });
    const text = `${paint("green", "✓")} the backup ${result.id} of ${result.instance} is removed from the storage; its row in the list and in the audit log stays`;
    return { result, text, exitCode: exitCode.ok };
  });
}

function tableOf(items: readonly Backup[]): string {
  const slugs = Math.max(...items.map(({ instance }) => instance.length));
  const ids = Math.max(...items.map(({ id }) => id.length));
  return items
    .map(({ id, instance, state, madeAt, beganAt, rows, sizeBytes, problem }) => {
      const sizes = rows === undefined ? "" : `${rows} rows, ${bytes(sizeBytes ?? 0)}`;
      const at = minuteOf(madeAt ?? beganAt);
      const line = `  ${plain(instance.padEnd(slugs))}  ${id.padEnd(ids)}  ${at}  ${paint(colours[state], state.padEnd(8))}  ${sizes}`;
      return problem === undefined
        ? line.trimEnd()
        : `${line.trimEnd()}\n      ${plain(problem.what)}\n      ${plain(problem.next)}`;
    })
    .join("\n");
}
