/** How many proxies of ours stand before us; each adds what it saw to `X-Forwarded-For`. Throws when it is no number. */
export function proxiesOf(env: NodeJS.ProcessEnv): number {
  const count = Number(env.ATOLL_TRUST_PROXY ?? 0);
  if (Number.isInteger(count) && count >= 0 && count <= 10) return count;
  throw new Error("ATOLL_TRUST_PROXY has to be the number of proxies before the hub, as in 1.");
}
