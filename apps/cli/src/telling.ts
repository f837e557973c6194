import type { Progress } from "./output/outcome.ts";

/** What is told while a command waits for its end. */
export interface Telling {
  tell(text: string): void;
  /** Remarks as they come, until `ending` resolves. */
  until(ending: Promise<unknown>): AsyncGenerator<Progress>;
}

/** Hands sentences from callbacks over to a handler, which yields them: handlers never print. */
export function openTelling(): Telling {
  const waiting: string[] = [];
  let ring = () => {};
  return {
    tell(text) {
      waiting.push(text);
      ring();
    },
    async *until(ending) {
      let over = false;
      void ending.then(() => {
        over = true;
        ring();
      });
      for (;;) {
        const text = waiting.shift();
        if (text !== undefined) yield { type: "remark", text };
        else if (over) return;
        else
          await new Promise<void>((resolve) => {
            ring = resolve;
          });
      }
    },
  };
}
