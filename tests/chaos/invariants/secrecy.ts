import { leaks } from "../../support/leaks.ts";
import type { Look } from "../look.ts";

/** No secret of a client stands in an event, a run, a plan, or in what workers print. */
export function secrecy({ clients, log }: Look): string[] {
  return clients.flatMap(({ slug, secrets, events, runs, drift }) =>
    leaks(
      {
        events: JSON.stringify([...events.values()]),
        runs: JSON.stringify(runs),
        plan: JSON.stringify(drift),
        log: log.join("\n"),
      },
      secrets,
    ).map((each) => `${slug}, ${each}`),
  );
}
