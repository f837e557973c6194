const cleanups: (() => Promise<void>)[] = [];
let heard = false;

async function endAll(): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
}

/** Does `cleanup` when it is disposed of, or when the benchmark is interrupted: no process is left behind. */
export function ending(cleanup: () => Promise<void>): () => Promise<void> {
  cleanups.push(cleanup);
  if (!heard) {
    heard = true;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        // What is being measured fails now that its ground goes: nobody is interested any more.
        process.on("uncaughtException", () => {});
        endAll().finally(() => process.exit(130));
      });
  }
  return async () => {
    const at = cleanups.indexOf(cleanup);
    if (at < 0) return;
    cleanups.splice(at, 1);
    await cleanup();
  };
}
