import { type InstanceState, mayMove, type RunState, runMoves } from "@atoll/core/states";
import type { RunRecord } from "@atoll/engine/records";
import type { Client, Look } from "../look.ts";

/** Every run ended; where nothing was refused and nothing taken back, it ended well. */
export function ended({ rest, clients, isForgiving }: Look): string[] {
  const told = clients.flatMap(({ slug, runs }) =>
    runs.flatMap(({ id, kind, state, fault, owed }) => {
      const name = `${kind} of ${slug} (${id})`;
      if (["queued", "running", "waiting", "undoing"].includes(state)) return [`${name} is still ${state}`];
      if (isForgiving) return [];
      if (state !== "succeeded") return [`${name} ended ${state}: ${fault?.what ?? "without a word"}`];
      return owed.length > 0 ? [`${name} owes ${owed.map(({ step }) => step).join(", ")}`] : [];
    }),
  );
  const refused = isForgiving
    ? []
    : rest.acts
        .filter(({ state }) => state === "refused")
        .map(({ slug, does, what }) => `${does} of ${slug} was refused: ${what}`);
  const rollout =
    rest.rollout === undefined ||
    rest.rollout === "finished" ||
    rest.rollout.startsWith("refused") ||
    isForgiving
      ? []
      : [`the rollout ended ${rest.rollout}`];
  return [...told, ...refused, ...rollout];
}

const after: Partial<Record<RunRecord["kind"], InstanceState>> = {
  provision: "live",
  update: "live",
  repair: "live",
  pause: "paused",
  resume: "live",
  destroy: "removed",
};

/** The state that an instance is in by what its runs did, oldest first; undefined where that leaves it open. */
function stateBy(runs: readonly RunRecord[]): InstanceState | undefined {
  let state: InstanceState | undefined = "provisioning";
  for (const run of runs) {
    const to = after[run.kind];
    if (run.state === "succeeded") state = to === undefined ? state : to;
    // What was taken back leaves an operation's instance as it was; all others say so themselves.
    else if (run.state !== "cancelled" && run.state !== "undone" && to !== undefined) state = undefined;
    else if (run.kind !== "pause" && run.kind !== "resume" && run.kind !== "backup") state = undefined;
    else if (run.state !== "undone") state = undefined;
  }
  return state;
}

function storyOf({ events }: Client, { id, state }: RunRecord): string[] {
  const states = (events.get(id) ?? []).flatMap((event) => (event.type === "run" ? [event.state] : []));
  const wrong = states.flatMap((to, index): string[] => {
    const from: RunState | undefined = states[index - 1];
    if (from === undefined) return to === "queued" ? [] : [`run ${id} begins as ${to}`];
    return mayMove<RunState>(runMoves, from, to) ? [] : [`run ${id} went from ${from} to ${to}`];
  });
  const last = states.at(-1);
  return last === state ? wrong : [...wrong, `run ${id} is ${state}, and its story ends with ${last}`];
}

/** Every run went a legal way, and each instance is where its runs brought it. */
export function legal({ clients }: Look): string[] {
  return clients.flatMap((client) => {
    const { slug, instance, runs } = client;
    if (instance === undefined) return [];
    const wrong = runs.flatMap((run) => storyOf(client, run));
    const by = stateBy(runs);
    if (by !== undefined && runs.length > 0 && by !== instance.state)
      wrong.push(`${slug} is ${instance.state}, and its runs make it ${by}`);
    return wrong;
  });
}

/** The hub's audit log is as it was written. */
export const audited = ({ audit }: Look): string[] => (audit.ok ? [] : [audit.what]);
