import type { HealthState, Incident } from "@atoll/contract/schemas/monitor";
import { paint, plain } from "../../output/paint.ts";

const styles: Record<HealthState, Parameters<typeof paint>[0]> = {
  up: "green",
  degraded: "yellow",
  down: "red",
  unknown: "dim",
  paused: "dim",
};

/** A state in its colour. */
export const stateWord = (state: HealthState): string => paint(styles[state], state);

/** "99.98 %", never rounded up to 100; a dash where nothing was measured. */
export function percent(share: number | undefined): string {
  if (share === undefined) return "–";
  return share === 1 ? "100 %" : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/** A moment to the second, in UTC. */
export const moment = (iso: string): string => `${iso.slice(0, 19).replace("T", " ")} UTC`;

/** An incident in a few lines: since when, of what, what is wrong and what to do. */
export function incidentText(incident: Incident): string {
  const { instance, provider, environment, what, next, openedAt, closedAt, ending, acknowledgedBy } =
    incident;
  const sign = closedAt === undefined ? paint("red", "✗") : paint("green", "✓");
  const of = instance ?? `${provider ?? "runs"} in ${environment}`;
  return [
    `  ${sign} ${plain(of)}  ${moment(openedAt)}${closedAt === undefined ? "" : ` to ${moment(closedAt)}`}`,
    `      ${plain(what)}`,
    ...(closedAt === undefined ? [`      next  ${plain(next)}`] : []),
    ...(ending === undefined ? [] : [`      ${plain(ending)}`]),
    ...(acknowledgedBy === undefined ? [] : [`      ${plain(acknowledgedBy)} looks after it.`]),
  ].join("\n");
}
