import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

/** `deploy list`: production deployments of an instance's site. */
export const deployList = (context: CommandContext, { slug }: { slug: string }): Handler =>
  withDesk(context, { worker: false }, async (desk) => {
    const deployments = await desk.deployments.list(slug);
    const lines = deployments.items.map(({ id, commit, createdAt, state, isCurrent, isKept }) => {
      const mark = isCurrent ? paint("green", "●") : " ";
      const more = isKept ? "  kept: newer ones wait" : "";
      const at = createdAt.slice(0, 16).replace("T", " ");
      return `  ${mark} ${plain(id)}  ${plain((commit ?? "").slice(0, 7).padEnd(7))}  ${at}  ${state}${more}`;
    });
    return {
      result: { slug, ...deployments },
      text: [`${slug} at ${deployments.host}`, ...lines].join("\n"),
      exitCode: exitCode.ok,
    };
  });
