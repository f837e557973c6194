import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { vaultText } from "./show.ts";

/** `vault list`: every key, and both sides where they differ. */
export async function* vaultList(context: CommandContext, { slug }: { slug: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const items = await desk.vaults.read(slug);
    return {
      result: { slug, items },
      text: items.length === 0 ? "The vault is empty." : vaultText(items),
      exitCode: exitCode.ok,
    };
  });
}

/** `vault drift`: keys whose two sides differ. Exit code 3 when there are some. */
export async function* vaultDrift(context: CommandContext, { slug }: { slug: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const items = (await desk.vaults.read(slug)).filter(({ state }) => state !== "same");
    return {
      result: { slug, items },
      text:
        items.length === 0
          ? `${paint("green", "✓")} ${slug}: both sides of the vault say the same.`
          : `${vaultText(items)}\n  next  \`atoll vault settle ${slug} KEY --take instance|hub\` says which side wins.`,
      exitCode: items.length === 0 ? exitCode.ok : exitCode.differs,
    };
  });
}

/** `vault settle`: says which side of a key wins. */
export async function* vaultSettle(
  context: CommandContext,
  { slug, key, take }: { slug: string; key: string; take?: string | undefined },
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const known = (await desk.vaults.read(slug)).find((each) => each.key === key);
    if (known === undefined || (take !== "instance" && take !== "hub"))
      throw new Fault("rejected", {
        what: known ? "It is not said which side wins." : `The vault of "${slug}" has no key ${key}.`,
        next: known ? "Say --take instance or --take hub." : "`atoll vault drift` lists what differs.",
        field: known ? "take" : "key",
      });
    const entry = await desk.vaults.settle(slug, key, { take, seen: known.seen }, desk.operator);
    return {
      result: { slug, ...entry },
      text: `${paint("green", "✓")} ${slug}: ${key} is as ${take === "hub" ? "the hub" : "the instance"} has it.`,
      exitCode: exitCode.ok,
    };
  });
}

/** `vault remove`: takes a key out of an instance. */
export async function* vaultRemove(
  context: CommandContext,
  { slug, key }: { slug: string; key: string },
): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    await desk.vaults.remove(slug, key, undefined, desk.operator);
    return {
      result: { slug, key, removed: true },
      text: `${paint("green", "✓")} ${slug}: ${key} is removed.`,
      exitCode: exitCode.ok,
    };
  });
}
