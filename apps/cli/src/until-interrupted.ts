/** Resolves when the process that keeps this one is gone, however it ended; never where nobody keeps it. */
export function abandoned(): Promise<undefined> {
  return new Promise((resolve) => {
    if (process.connected) process.once("disconnect", () => resolve(undefined));
  });
}

/** Resolves when the person or the system asks this process to end; a second Ctrl-C ends it at once. */
export function interrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve(undefined);
      });
    }
  });
}
