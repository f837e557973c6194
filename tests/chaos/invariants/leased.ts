import type { Look } from "../look.ts";

/** No worker wrote to a provider once another one had taken its work over. Clocks of one machine: no tolerance. */
export function leased({ writes, takenOver }: Look): string[] {
  return writes.flatMap(({ executor, atMs, method, path }) => {
    const over = takenOver.get(executor);
    return over !== undefined && atMs > over
      ? [`a worker sent ${method} ${path} ${Math.round(atMs - over)} ms after it was taken over`]
      : [];
  });
}
