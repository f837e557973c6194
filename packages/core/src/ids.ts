import { randomInt } from "node:crypto";
import type { Ids } from "./instance.ts";

const lower = "abcdefghijklmnopqrstuvwxyz0123456789";
const mixed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const clear = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/** `length` characters of `alphabet` from the system's cryptographic source, without bias. */
function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/** The real source of what has to be random. Tests hand in their own. */
export const randomIds: Ids & { instance(): string } = {
  suffix: () => pick(lower, 12),
  password: () => pick(mixed, 32),
  temporaryPassword: () => Array.from({ length: 4 }, () => pick(clear, 4)).join("-"),
  instance: () => pick(lower, 20),
};
