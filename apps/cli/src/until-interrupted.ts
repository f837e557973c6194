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
