import { Held } from "@atoll/core/fault";

const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19);

const spans: [unit: string, ms: number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** "3 hours": in the largest unit of which there is at least one. */
function span(ms: number): string {
  const [unit, size] = spans.find(([, each]) => ms >= each) ?? ["second", 1_000];
  const count = Math.max(1, Math.floor(ms / size));
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** A call that waits for one of the provider's limits; its turn and when it is to come back, by this machine's clock. */
export function heldByLimit(
  provider: string,
  { of, untilMs, backMs }: { of: string; untilMs: number; backMs: number },
): Held {
  return new Held({
    what: `${provider}'s limit of ${of} is used up until ${clock(untilMs)} (UTC).`,
    next: "Nothing: it goes on by itself then. `atoll health limits` shows who waits.",
    why: `waits for ${provider}'s limit of ${of}, until ${clock(untilMs)}`,
    untilMs: backMs,
  });
}

/** A call to a provider that answers nobody. */
export function heldBySilence(
  provider: string,
  { sinceMs, untilMs }: { sinceMs: number; untilMs: number },
): Held {
  const since = span(Date.now() - sinceMs);
  return new Held({
    what: `${provider} has answered nothing for ${since}.`,
    next: `Nothing: it goes on by itself when ${provider} answers again. Its status page may say more.`,
    why: `waits for ${provider}, which has answered nothing since ${clock(sinceMs)}`,
    untilMs,
  });
}

/** A call that could not ask for its turn. */
export function heldByLedger(untilMs: number): Held {
  return new Held({
    what: "The hub's database, in which all share the providers' limits, cannot be reached.",
    next: "Nothing: it goes on by itself when the database is back.",
    why: "waits for the hub's database",
    untilMs,
  });
}

/** A call that waited in a process which closes: another process makes it. */
export function heldByClosing(untilMs: number): Held {
  return new Held({
    what: "The process that waited for its turn was closed.",
    next: "Nothing: the next worker goes on.",
    why: "waits for the next worker",
    untilMs,
  });
}
