import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";
import { planText } from "../../output/words.ts";
import { vaultText } from "../vault/show.ts";

/** What was changed behind our back. Reads only. */
export async function* drift(context: CommandContext, input: { slug: string }): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const { slug } = input;
    const { state } = await desk.instance(slug);
    if (state === "paused" || state === "archived")
      return {
        result: { slug, state, items: [], vault: [] },
        text: `${slug} is ${state}: it is not looked at.`,
        exitCode: exitCode.ok,
      };
    const [items, vault] = await Promise.all([desk.journal.drift(slug), desk.vaults.drift(slug)]);
    const parts = [
      ...(items.length > 0 ? [`${planText(items)}\n  next  \`atoll repair ${slug}\` sets it right.`] : []),
      ...(vault.length > 0
        ? [
            `Vault, which a repair leaves alone:\n${vaultText(vault)}\n  next  \`atoll vault settle ${slug} KEY --take instance|hub\` says which side wins.`,
          ]
        : []),
    ];
    return {
      result: { slug, items, vault },
      text: parts.length === 0 ? `${paint("green", "✓")} ${slug}: no drift.` : parts.join("\n"),
      exitCode: parts.length === 0 ? exitCode.ok : exitCode.differs,
    };
  });
}
