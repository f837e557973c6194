import type { RunEvent, StoredEvent } from "@atoll/core/event";
import { duration, paint, plain } from "./paint.ts";

interface Row {
  step: string;
  name: string;
  startedAt: number;
  state: "running" | "done" | "failed" | "undone" | "owed";
  words: string;
  tookMs?: number;
}

const did: Record<Extract<RunEvent, { type: "step-done" }>["did"], string> = {
  created: "created",
  updated: "updated",
  kept: "unchanged",
  sent: "sent",
  removed: "removed",
  skipped: "skipped",
};

/** What a person sees of a run, built up event by event; knows nothing of terminals. */
export class RunProgress {
  readonly rows = new Map<string, Row>();
  state = "queued";

  add(event: StoredEvent): void {
    const at = Date.parse(event.at);
    switch (event.type) {
      case "run":
        this.state = event.state;
        return;
      case "step-started": {
        const known = this.rows.get(event.step);
        if (known !== undefined && known.state === "running") return;
        this.rows.set(event.step, {
          step: event.step,
          name: event.name,
          startedAt: at,
          state: "running",
          words: "looking",
        });
        return;
      }
      case "step-waiting":
        this.#change(event.step, at, { words: event.why });
        return;
      case "step-applying":
        this.#change(event.step, at, {
          words: event.changes.some((each) => each.path === "") ? "creating" : "changing",
        });
        return;
      case "step-retrying":
        this.#change(event.step, at, { words: `${event.fault.what} Trying again.` });
        return;
      case "step-done":
        this.#change(event.step, at, {
          state: "done",
          words: event.says ?? did[event.did],
          tookMs: event.durationMs,
        });
        return;
      case "step-failed":
        this.#change(event.step, at, {
          state: "failed",
          words: event.fault.what,
          tookMs: event.durationMs,
        });
        return;
      case "undo-done":
        this.#change(event.step, at, {
          state: "undone",
          words: event.remains !== undefined ? "given back" : event.removed ? "removed" : "nothing to remove",
        });
        return;
      case "undo-failed":
        this.#change(event.step, at, { state: "owed", words: `still there: ${event.fault.what}` });
        return;
    }
  }

  #change(step: string, at: number, change: Partial<Row>): void {
    const row = this.rows.get(step) ?? {
      step,
      name: "",
      startedAt: at,
      state: "running" as const,
      words: "",
    };
    this.rows.set(step, { ...row, ...change });
  }
}

const marks: Record<Row["state"], [string, Parameters<typeof paint>[0]]> = {
  running: ["•", "cyan"],
  done: ["✓", "green"],
  failed: ["✗", "red"],
  undone: ["↶", "yellow"],
  owed: ["!", "red"],
};

/** One line for each step, no wider than the terminal; `now` in milliseconds shows how long it takes already. */
export function lines(progress: RunProgress, now: number, columns = 100): string[] {
  const width = Math.max(...[...progress.rows.keys()].map((each) => each.length), 4);
  return [...progress.rows.values()].map((row) => {
    const [mark, style] = marks[row.state];
    const time = duration(row.tookMs ?? Math.max(0, now - row.startedAt));
    const head = `${row.step.padEnd(width)}  ${time.padStart(9)}  `;
    const room = Math.max(10, columns - head.length - 4);
    const words = plain(row.words);
    return `  ${paint(style, mark)} ${head}${words.length > room ? `${words.slice(0, room - 1)}…` : words}`;
  });
}
