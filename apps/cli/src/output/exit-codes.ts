import { Fault } from "@atoll/core/fault";

/** Exit codes of `atoll`; the same in every command (docs/cli.md). */
export const exitCode = {
  ok: 0,
  /** A run failed, or something unforeseen happened. */
  failed: 1,
  /** The input or the environment is wrong; nothing was created. */
  input: 2,
  /** `plan`, `verify`, `drift`, `schema check`, `sweep`, `rebuild`: something differs or does not answer; a law could not be tried; a rollout waits. */
  differs: 3,
  /** Ended by Ctrl-C; a run that had begun goes on when a worker is there again. */
  interrupted: 130,
} as const;

/** A fault that names a field is the input's; every other failure is the run's. */
export function exitCodeOf(error: unknown): number {
  return error instanceof Fault && error.field !== undefined ? exitCode.input : exitCode.failed;
}
