const cleanups: (() => Promise<void>)[] = [];

/** Has something done at the end of the benchmark, however it ends: no process is left behind. */
export function atEnd(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

let ended: Promise<void> | undefined;

/** Cleans up, what came last first. Whoever asks again waits for the same end. */
export function endAll(): Promise<void> {
  ended ??= (async () => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  })();
  return ended;
}

/** Cleans up when somebody interrupts the benchmark, too. */
export function endOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      // What is being measured fails now that its ground goes: nobody is interested any more.
      process.on("uncaughtException", () => {});
      endAll().finally(() => process.exit(130));
    });
}
