import { randomInt } from "node:crypto";

/** The seed named in the environment, or a fresh one. Tests print it. */
export function seedOf(variable: string): number {
  const given = process.env[variable];
  return given === undefined ? randomInt(1_000_000) : Number(given);
}

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
