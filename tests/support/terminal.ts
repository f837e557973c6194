import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { cleanEnv } from "./atoll.ts";

const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

export const keys = {
  enter: "\r",
  down: "\u001b[B",
  up: "\u001b[A",
  left: "\u001b[D",
  space: " ",
  ctrlC: "\u0003",
};

/** `atoll` at a pseudo terminal of its own (util-linux `script`), driven by a script. */
export interface Terminal {
  /** Waits until these words were shown since the last wait. Throws after `withinMs` with what was shown instead. */
  sees(words: string | RegExp, withinMs?: number): Promise<void>;
  /** Waits for a question, then types. */
  answers(question: string | RegExp, typed: string): Promise<void>;
  /** Goes through all questions until these words are shown: types what is given for one, agrees to the others. */
  fillsIn(answers: Record<string, string>, until: string | RegExp, withinMs?: number): Promise<void>;
  /** All that was shown, without colours and moves. */
  shown(): string;
  /** The exit code, once it has ended. */
  ended: Promise<number | null>;
  /** Hangs up: a test that fails halfway leaves nobody at the terminal. */
  hangUp(): void;
}

export function atollAtTerminal(home: string, args: string[], env: NodeJS.ProcessEnv = {}): Terminal {
  const quoted = [process.execPath, cli, ...args]
    .map((each) => `'${each.replaceAll("'", "'\\''")}'`)
    .join(" ");
  const child = spawn("script", ["-qefc", `stty cols 140 rows 60; exec ${quoted}`, "/dev/null"], {
    env: cleanEnv(home, { TERM: "xterm-256color", SHELL: "/bin/sh", ...env }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  let raw = "";
  let from = 0;
  let isOver = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      raw += chunk;
    });
  const ended = new Promise<number | null>((resolve) =>
    child.on("close", (code) => {
      isOver = true;
      resolve(code);
    }),
  );
  const shown = () => stripVTControlCharacters(raw);
  async function sees(words: string | RegExp, withinMs = 60_000): Promise<void> {
    const giveUpAt = performance.now() + withinMs;
    for (;;) {
      const text = shown().slice(from);
      const found = typeof words === "string" ? text.indexOf(words) : text.search(words);
      if (found >= 0) {
        from += found + 1;
        return;
      }
      if (isOver || performance.now() > giveUpAt)
        throw new Error(
          `The terminal never showed ${words}${isOver ? " and ended" : ""}:\n${text.slice(-3_000)}`,
        );
      await sleep(20);
    }
  }
  async function fillsIn(
    answers: Record<string, string>,
    until: string | RegExp,
    withinMs = 120_000,
  ): Promise<void> {
    const giveUpAt = performance.now() + withinMs;
    let last = "";
    for (;;) {
      const text = shown().slice(from);
      if (text.search(until) >= 0) return;
      if (isOver || performance.now() > giveUpAt)
        throw new Error(`The terminal never showed ${until}:\n${text.slice(-3_000)}`);
      // The one that is open is drawn with a full diamond; once it is answered, with an empty one.
      const open =
        text
          .match(/◆ {2}[^\r\n]+/g)
          ?.at(-1)
          ?.trimEnd() ?? "";
      if (open !== last) {
        last = open;
        const typed = Object.entries(answers).find(([question]) => open.includes(question))?.[1] ?? "";
        child.stdin.write(`${typed}${keys.enter}`);
      }
      await sleep(20);
    }
  }
  return {
    sees,
    fillsIn,
    async answers(question, typed) {
      await sees(question);
      child.stdin.write(typed);
    },
    shown,
    ended,
    hangUp: () => void (isOver || child.kill("SIGKILL")),
  };
}
