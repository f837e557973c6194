/** Tells the benchmark that this server is ready; ends it on a signal, and when the benchmark is gone. */
export function ready(told: object, close: () => Promise<void>): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", end);
  // Ctrl-C reaches the whole group: the benchmark decides when its servers end.
  process.on("SIGINT", () => {});
  process.once("disconnect", end);
  process.send?.(told);
}
