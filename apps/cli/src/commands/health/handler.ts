import {
  type InstanceMonitor,
  type MonitorOverview,
  type MonitorRange,
  monitorRanges,
} from "@atoll/contract/schemas/monitor";
import { Fault } from "@atoll/core/fault";
import { type CommandContext, withDesk } from "../../context.ts";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint, plain } from "../../output/paint.ts";
import { columns } from "../schema/words.ts";
import { incidentText, percent, stateWord } from "./words.ts";

function fleetText({ states, incidents, unwell, everySeconds }: MonitorOverview): string {
  const counts = Object.entries(states)
    .filter(([state, count]) => count > 0 || state === "up")
    .map(([state, count]) => `${count} ${state}`);
  return [
    counts.join(", "),
    ...unwell.map(({ instance, state }) => `  ${stateWord(state)}  ${plain(instance)}`),
    "",
    incidents.length > 0
      ? "Open incidents:"
      : unwell.length > 0
        ? "No incident is open."
        : "Nothing is wrong.",
    ...incidents.map(incidentText),
    ...(everySeconds === 0
      ? [paint("dim", "This hub does not look by itself: ATOLL_PROBE_EVERY_SECONDS is 0.")]
      : []),
  ].join("\n");
}

function instanceText({ instance, state, probes, uptime, incidents }: InstanceMonitor): string {
  const open = incidents.filter(({ closedAt }) => closedAt === undefined);
  const rows = probes.map(({ kind, verdict, p50Ms, p95Ms, problem }) => [
    kind,
    verdict,
    p50Ms === undefined ? "" : `${p50Ms} ms, 95 of 100 within ${p95Ms} ms`,
    plain(problem ?? ""),
  ]);
  return [
    `${plain(instance)}: ${stateWord(state)}`,
    `  uptime  ${uptime.map(({ range, share }) => `${range} ${percent(share)}`).join(", ")}`,
    "",
    ...(rows.length === 0 ? ["Nobody has looked yet: a running hub does, every minute."] : columns(rows)),
    ...(open.length === 0 ? [] : ["", "Open incidents:", ...open.map(incidentText)]),
  ].join("\n");
}

function rangeOf(given: string): MonitorRange {
  const range = monitorRanges.find((each) => each === given);
  if (range !== undefined) return range;
  throw new Fault("rejected", {
    what: `--range is "${given}".`,
    next: `Use one of: ${monitorRanges.join(", ")}.`,
    field: "range",
  });
}

/** `health`: how the fleet is. Exit code 3 when something is wrong, be it an instance whose last run failed. */
export async function* fleetHealth(context: CommandContext): Handler {
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const overview = await desk.monitor.overview();
    return {
      result: overview,
      text: fleetText(overview),
      exitCode: overview.incidents.length + overview.unwell.length === 0 ? exitCode.ok : exitCode.differs,
    };
  });
}

/** `health SLUG`: how one instance is and has been. Exit code 3 when it is down or degraded. */
export async function* instanceHealth(
  context: CommandContext,
  { slug, range: given }: { slug: string; range: string },
): Handler {
  const range = rangeOf(given);
  return yield* withDesk(context, { worker: false }, async (desk) => {
    const monitor = await desk.monitor.instance(slug, range);
    const isWell = monitor.state !== "down" && monitor.state !== "degraded";
    return {
      result: monitor,
      text: instanceText(monitor),
      exitCode: isWell ? exitCode.ok : exitCode.differs,
    };
  });
}
