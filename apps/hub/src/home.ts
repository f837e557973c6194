import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Fault } from "@atoll/core/fault";

/**
 * Folder of everything that Atoll keeps on this machine: `ATOLL_HOME`, else `.atoll`. Others may pass through
 * it (as root the embedded Postgres runs as another user) but not list it; its secrets have modes of their own.
 */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  const folder = path.resolve(env.ATOLL_HOME ?? ".atoll");
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return folder;
}

/** The hub's key, and keys that it had before: those are read with while what they sealed is sealed anew. */
export interface SecretKeys {
  key: Uint8Array;
  olderKeys: readonly Uint8Array[];
}

const mostKeys = 4;

function decodeKey(text: string): Uint8Array {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length === 32) return key;
  throw new Fault("rejected", {
    what: `ATOLL_SECRET_KEY holds ${key.length} bytes; it has to be 32 random bytes in base64.`,
    next: "Make one with `openssl rand -base64 32` and keep it where your other secrets are.",
    field: "ATOLL_SECRET_KEY",
  });
}

/** One key, or several with commas: the first one seals, all of them open. */
function decodeKeys(text: string): SecretKeys {
  const [key = new Uint8Array(), ...olderKeys] = text.split(",").map(decodeKey);
  const distinct = new Set([key, ...olderKeys].map((each) => Buffer.from(each).toString("base64")));
  if (distinct.size === olderKeys.length + 1 && distinct.size <= mostKeys) return { key, olderKeys };
  throw new Fault("rejected", {
    what: `ATOLL_SECRET_KEY names a key twice, or more than ${mostKeys} keys.`,
    next: "Name the present key first, then those that it follows, each once and divided by a comma.",
    field: "ATOLL_SECRET_KEY",
  });
}

/**
 * The keys that encrypt instances' secrets: `ATOLL_SECRET_KEY`, or, on a machine of one's own, a key made
 * at first start and kept in `home` (0600). Production (NODE_ENV=production) refuses to make one.
 */
export function secretKeys(env: NodeJS.ProcessEnv, home: string): SecretKeys {
  if (env.ATOLL_SECRET_KEY) return decodeKeys(env.ATOLL_SECRET_KEY);
  if (env.NODE_ENV === "production") {
    throw new Fault("rejected", {
      what: "ATOLL_SECRET_KEY is not set, and production does not make a key of its own.",
      next: "Set it to 32 random bytes in base64: `openssl rand -base64 32`.",
      field: "ATOLL_SECRET_KEY",
    });
  }
  const file = path.join(home, "secret-key");
  if (!existsSync(file)) {
    try {
      writeFileSync(file, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      // Two first starts at once: the other one was quicker, its key is the key.
      if (!existsSync(file)) throw error;
    }
  }
  return decodeKeys(readFileSync(file, "utf8"));
}
