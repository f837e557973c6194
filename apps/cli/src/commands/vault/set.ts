import { randomBytes } from "node:crypto";
import type { VaultChange } from "@atoll/contract/schemas/vault";
import { vaultTypes } from "@atoll/contract/schemas/vault";
import { valueFrom } from "@atoll/contract/vault-value";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { givenValue } from "./value.ts";

export interface SetOptions {
  type?: string;
  public?: boolean;
  secret?: boolean;
  where?: string;
}

const wrong = (what: string, next: string, field: string) => new Fault("rejected", { what, next, field });

function typeNamed(name: string | undefined): VaultChange["type"] {
  const found = vaultTypes.find((each) => each === name);
  if (found !== undefined || name === undefined) return found;
  throw wrong(`There is no type "${name}".`, `Use one of: ${vaultTypes.join(", ")}.`, "type");
}

function parsed(type: NonNullable<VaultChange["type"]>, typed: string): unknown {
  const value = valueFrom(type, typed);
  if (value !== undefined) return value;
  throw wrong(
    `This does not read as ${type}.`,
    `Correct it, or say another --type: ${vaultTypes.join(", ")}.`,
    "value",
  );
}

function secrecy({ public: isPublic, secret }: SetOptions): boolean | undefined {
  if (isPublic && secret)
    throw wrong("--public and --secret are both there.", "Leave one of them out.", "secret");
  return isPublic ? false : secret ? true : undefined;
}

/** Sets one key of one instance. */
async function setOne(
  desk: Desk,
  slug: string,
  key: string,
  onLine: string | undefined,
  options: SetOptions,
) {
  const known = (await desk.vaults.read(slug)).find((each) => each.key === key);
  const type = typeNamed(options.type) ?? known?.there?.type ?? known?.here?.type ?? "text";
  const secret = secrecy(options) ?? known?.secret ?? true;
  const value = parsed(type, await givenValue(key, onLine, !secret));
  const entry = await desk.vaults.set(slug, key, { value, type, secret }, desk.operator);
  return {
    result: { slug, ...entry },
    text: `${paint("green", "✓")} ${slug}: ${key} is set${entry.secret ? "; nobody is shown it again" : ""}.`,
    exitCode: exitCode.ok,
  };
}

const filters = ["blueprint", "state"] as const;
const atOnce = 4;

function chosen(where: string): (line: { blueprint: string; state: string }) => boolean {
  const pairs = where.split(",").map((each) => each.split("="));
  for (const [name, value] of pairs)
    if (!filters.some((each) => each === name) || !value)
      throw wrong(`"${where}" chooses nothing.`, `Say it like blueprint=community or state=live.`, "where");
  return (line) => pairs.every(([name, value]) => line[name as (typeof filters)[number]] === value); // checked above
}

interface Report {
  slug: string;
  done: boolean;
  what?: string;
  next?: string;
}

/** Sets one key of every instance that is chosen, a few at a time; each by itself. */
async function setMany(
  desk: Desk,
  where: string,
  key: string,
  onLine: string | undefined,
  options: SetOptions,
) {
  const isChosen = chosen(where);
  const all = (await desk.journal.list()).filter((each) => !["removing", "removed"].includes(each.state));
  const waiting = all.filter(isChosen).map(({ slug }) => slug);
  if (waiting.length === 0)
    throw wrong(`No instance is chosen by "${where}".`, "`atoll status` lists them all.", "where");
  const secret = secrecy(options);
  if (secret === undefined && onLine !== undefined && onLine !== "-")
    throw wrong(
      `Each instance says by itself whether ${key} is secret, and the value stands on the command line.`,
      "Say --public or --secret with --where; a secret comes by standard input.",
      "secret",
    );
  const type = typeNamed(options.type);
  const value = parsed(type ?? "text", await givenValue(key, onLine, secret === false));
  const items: Report[] = [];
  const worker = async () => {
    for (let slug = waiting.shift(); slug !== undefined; slug = waiting.shift()) {
      try {
        const change = { value, ...(type && { type }), ...(secret !== undefined && { secret }) };
        await desk.vaults.set(slug, key, change, desk.operator);
        items.push({ slug, done: true });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        items.push({ slug, done: false, what: error.what, next: error.next });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  items.sort((a, b) => (a.slug < b.slug ? -1 : 1));
  return manyOutcome(key, items);
}

function manyOutcome(key: string, items: readonly Report[]): Outcome {
  const failed = items.filter(({ done }) => !done);
  const lines = items.map(({ slug, done, what, next }) =>
    done
      ? `  ${paint("green", "✓")} ${slug}`
      : `  ${paint("red", "✗")} ${slug}: ${plain(what ?? "")}\n      next: ${plain(next ?? "")}`,
  );
  const ending =
    failed.length === 0
      ? `${key} is set in ${items.length} ${items.length === 1 ? "instance" : "instances"}.`
      : `${key} is set in ${items.length - failed.length} of ${items.length}; say the same again when the others are mended.`;
  return {
    result: { key, set: items.length - failed.length, failed: failed.length, items },
    text: [...lines, "", ending].join("\n"),
    exitCode: failed.length === 0 ? exitCode.ok : exitCode.failed,
  };
}

/** `vault set`: in one instance, or in all that `--where` chooses. */
export async function* vaultSet(
  context: CommandContext,
  words: readonly string[],
  options: SetOptions,
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { where } = options;
    const [slug, key, value, ...more] = where === undefined ? words : ["", ...words];
    if (slug === undefined || key === undefined || more.length > 0)
      throw wrong(
        "A key is to be set, and it is not clear which.",
        "Say `atoll vault set SLUG KEY`, or `atoll vault set --where blueprint=community KEY`.",
        "key",
      );
    return where === undefined
      ? setOne(desk, slug, key, value, options)
      : setMany(desk, where, key, value, options);
  });
}

/** `vault rotate`: a new value for a secret that is there, made up or from standard input. */
export async function* vaultRotate(
  context: CommandContext,
  { slug, key, stdin, show }: { slug: string; key: string; stdin?: boolean; show?: boolean },
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const known = (await desk.vaults.read(slug)).find((each) => each.key === key);
    if (known?.secret !== true)
      throw wrong(
        known === undefined ? `The vault of "${slug}" has no key ${key}.` : `${key} is no secret.`,
        "`atoll vault list` shows what there is; `atoll vault set` sets a key.",
        "key",
      );
    const made = stdin ? undefined : randomBytes(32).toString("base64url");
    const value = made ?? (await givenValue(key, undefined, false));
    await desk.vaults.set(slug, key, { value, type: "text", secret: true }, desk.operator);
    return {
      result: { slug, key, rotated: true, ...(show && made !== undefined && { value: made }) },
      text:
        made !== undefined && show
          ? `${paint("green", "✓")} ${slug}: ${key} has a new value, shown this once:\n${made}`
          : `${paint("green", "✓")} ${slug}: ${key} has a new value${made === undefined ? "" : " of 43 random characters"}.`,
      exitCode: exitCode.ok,
    };
  });
}
