/** What is held is left by the sweep for so long, in milliseconds; who held it and died holds it no longer. */
export const holdMs = 10 * 60_000;
const renewAfterMs = 60_000;

/** The pieces as they come; what they belong to is held anew each minute that it takes. */
export async function* held<T>(pieces: AsyncIterable<T>, renew: () => Promise<unknown>): AsyncGenerator<T> {
  let renewedAt = Date.now();
  for await (const piece of pieces) {
    if (Date.now() - renewedAt >= renewAfterMs) {
      renewedAt = Date.now();
      await renew();
    }
    yield piece;
  }
}
