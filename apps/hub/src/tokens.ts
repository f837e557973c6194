import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import type { SecretKeys } from "./home.ts";

/** Signs links and hashes what is looked up; each purpose has a key of its own, derived from the hub's. */
export interface Tokens {
  /** "ID.SIGNATURE": a link that proves itself, without a row of its own. */
  sign(purpose: string, id: string): string;
  /** The id, if the signature is ours and for this purpose. */
  open(purpose: string, token: string): string | undefined;
  /** A keyed hash, for what must not be read back (addresses). */
  blur(purpose: string, text: string): string;
}

/** A keyed hash of a text, by a key of its own for each purpose, derived from one of the hub's. */
export const macBy = (key: Uint8Array, purpose: string, text: string): string =>
  createHmac("sha256", Buffer.from(hkdfSync("sha256", key, "", `atoll ${purpose}`, 32)))
    .update(text)
    .digest("base64url");

/** Derives all keys from the hub's 32 bytes. Links that an older key signed are ours, too. */
export function openTokens({ key, olderKeys }: SecretKeys): Tokens {
  return {
    sign: (purpose, id) => `${id}.${macBy(key, purpose, id)}`,
    open(purpose, token) {
      const dot = token.lastIndexOf(".");
      const id = token.slice(0, Math.max(0, dot));
      const given = Buffer.from(token.slice(dot + 1));
      const isOurs = [key, ...olderKeys].some((each) => {
        const right = Buffer.from(macBy(each, purpose, id));
        return given.length === right.length && timingSafeEqual(given, right);
      });
      return dot > 0 && isOurs ? id : undefined;
    },
    blur: (purpose, text) => macBy(key, purpose, text),
  };
}

/** Something nobody can guess: 32 random bytes. */
export const randomToken = (): string => randomBytes(32).toString("base64url");

/** For looking up what is unguessable already. */
export const hashOfToken = (token: string): string => createHash("sha256").update(token).digest("hex");
