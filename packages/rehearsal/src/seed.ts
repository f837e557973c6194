/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Draws some of a list: the same ones for the same seed, in the list's order. */
export function drawing(seed: number) {
  const draw = random(seed);
  return <T>(list: readonly T[], most: number): T[] =>
    list
      .map((each, index) => ({ each, index, at: draw() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, most)
      .toSorted((a, b) => a.index - b.index)
      .map(({ each }) => each);
}
