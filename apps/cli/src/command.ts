import type { Command } from "commander";
import type { CommandContext } from "./context.ts";
import type { Handler } from "./output/outcome.ts";

/** What a command is given when it is put on the command line. */
interface Counter {
  context: CommandContext;
  /** Runs a handler and shows it as text, JSON or NDJSON, as the person asked. */
  show(handler: Handler): Promise<void>;
}

/** Puts one command, with its options and its help, on the command line. */
export type AddCommand = (program: Command, counter: Counter) => void;

/** Examples below a command's `--help`, one command line each. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((each) => `  $ ${each}`).join("\n")}\n`;
