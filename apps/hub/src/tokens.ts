import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** Signs links and hashes what is looked up; each purpose has a key of its own, derived from the hub's. */
export interface Tokens {
  /** "ID.SIGNATURE": a link that proves itself, without a row of its own. */
  sign(purpose: string, id: string): string;
  /** The id, if the signature is ours and for this purpose. */
  open(purpose: string, token: string): string | undefined;
  /** A keyed hash, for what must not be read back (addresses). */
  blur(purpose: string, text: string): string;
}

/** Derives all keys from the hub's 32 bytes. */
export function openTokens(key: Uint8Array): Tokens {
  const keyFor = (purpose: string) => Buffer.from(hkdfSync("sha256", key, "", `atoll ${purpose}`, 32));
  const mac = (purpose: string, text: string) =>
    createHmac("sha256", keyFor(purpose)).update(text).digest("base64url");
  return {
    sign: (purpose, id) => `${id}.${mac(purpose, id)}`,
    open(purpose, token) {
      const dot = token.lastIndexOf(".");
      const id = token.slice(0, Math.max(0, dot));
      const [given, right] = [Buffer.from(token.slice(dot + 1)), Buffer.from(mac(purpose, id))];
      return dot > 0 && given.length === right.length && timingSafeEqual(given, right) ? id : undefined;
    },
    blur: (purpose, text) => mac(purpose, text),
  };
}

/** Something nobody can guess: 32 random bytes. */
export const randomToken = (): string => randomBytes(32).toString("base64url");

/** For looking up what is unguessable already. */
export const hashOfToken = (token: string): string => createHash("sha256").update(token).digest("hex");
