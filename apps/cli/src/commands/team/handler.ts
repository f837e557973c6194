import type { InstanceTeam } from "@atoll/contract/schemas/team";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

const states: Record<InstanceTeam["items"][number]["state"], string> = {
  joined: "",
  invited: "invited, has not accepted yet",
  blocked: "blocked",
};

/** `team`: everybody with an account in an instance, asked of the instance itself. */
export const teamList = (context: CommandContext, { slug }: { slug: string }): Handler =>
  withDesk(context, { worker: false }, async (desk) => {
    const team = await desk.team(slug);
    return { result: { slug, ...team }, text: textOf(slug, team), exitCode: exitCode.ok };
  });

function textOf(slug: string, { roles, of, items, total }: InstanceTeam): string {
  const width = Math.max(0, ...items.map(({ email }) => email.length));
  const lines = items.map(({ email, name, role, state, isFirstAdmin, of: row }) => {
    const more = [
      states[state],
      isFirstAdmin ? "first admin" : "",
      row === undefined ? "" : (of?.items.find(({ id }) => id === row)?.label ?? row),
      name ?? "",
    ].filter((each) => each !== "");
    const shown = paint(state === "joined" ? "green" : "yellow", plain(email.padEnd(width)));
    return `  ${shown}  ${plain((role || "no role").padEnd(10))}  ${plain(more.join("; "))}`.trimEnd();
  });
  return [
    `${slug}: ${total} ${total === 1 ? "person" : "people"}; roles ${roles.join(", ")}`,
    ...lines,
    ...(total > items.length ? [`  and ${total - items.length} more`] : []),
    ...(of === undefined ? [] : [`${of.roles.join(", ")} belongs to one of the ${of.name} (\`--of\`):`]),
    ...(of?.items ?? []).map(({ id, label }) => `  ${id}  ${plain(label)}`),
  ].join("\n");
}
