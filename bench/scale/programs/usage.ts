/** Answers each "usage" of the benchmark with what this process used so far. */
export function tellUsage(): void {
  process.on("message", (asked) => {
    if (asked !== "usage") return;
    const { user, system } = process.cpuUsage();
    const { maxRSS } = process.resourceUsage();
    process.send?.({
      cpuMs: (user + system) / 1_000,
      nowMiB: process.memoryUsage.rss() / 2 ** 20,
      peakMiB: maxRSS / 1_024, // counted in KiB
    });
  });
}
