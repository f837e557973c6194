import type { Hosts } from "@atoll/contract/schemas/resolve";
import { type CommandContext, withDesk } from "../../context.ts";
import type { Desk } from "../../desk.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler, Outcome } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";

const words: Record<Hosts["state"], string> = {
  live: "visitors find it",
  paused: "visitors are told that it is paused",
  archived: "visitors are told that it was archived",
  unknown: "visitors find nothing",
};

function shown(slug: string, hosts: Hosts): Outcome {
  const { state, own, items } = hosts;
  const lines = items.map(
    ({ host, verifiedAt }) => `  ${plain(host)}${verifiedAt === null ? "  not verified: leads nowhere" : ""}`,
  );
  const first = `${paint(state === "live" ? "green" : "yellow", slug)}: ${words[state]}`;
  return {
    result: { slug, ...hosts },
    text: [first, ...(own === undefined ? [] : [`  ${own}`]), ...lines].join("\n"),
    exitCode: exitCode.ok,
  };
}

const atDesk = (context: CommandContext, slug: string, work: (desk: Desk) => Promise<Hosts>): Handler =>
  withDesk(context, { worker: false }, async (desk) => shown(slug, await work(desk)));

/** `host list`: the hosts of an instance. */
export const hostList = (context: CommandContext, { slug }: { slug: string }): Handler =>
  atDesk(context, slug, (desk) => desk.hosts.list(slug));

/** `host add`: has a host lead to an instance. */
export const hostAdd = (context: CommandContext, { slug, host }: { slug: string; host: string }): Handler =>
  atDesk(context, slug, (desk) => desk.hosts.add(slug, host, desk.operator));

/** `host remove`: has a host lead nowhere. */
export const hostRemove = (
  context: CommandContext,
  { slug, host }: { slug: string; host: string },
): Handler => atDesk(context, slug, (desk) => desk.hosts.remove(slug, host, desk.operator));
