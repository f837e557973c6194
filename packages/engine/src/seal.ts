import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Secret } from "@atoll/core/secret";

/** A value as it is stored: nonce, and ciphertext followed by the tag. */
export interface Sealed {
  nonce: Buffer;
  sealed: Buffer;
}

const tagBytes = 16;

/**
 * Seals values with AES-256-GCM; the instance and the name are bound in, so that rows cannot be swapped. What older keys
 * sealed opens, too; nothing is sealed with them any more.
 */
export class Vault {
  readonly #key: Uint8Array;
  readonly #olderKeys: readonly Uint8Array[];

  constructor(key: Uint8Array, olderKeys: readonly Uint8Array[] = []) {
    for (const { length } of [key, ...olderKeys])
      if (length !== 32) throw new RangeError(`The key of the secrets has ${length} bytes instead of 32.`);
    this.#key = key;
    this.#olderKeys = olderKeys;
  }

  seal(instanceId: string, name: string, value: string): Sealed {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(
      Buffer.from(`${instanceId}\n${name}`),
    );
    const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return { nonce, sealed };
  }

  /** Throws when keys, instance, name or bytes are not those it was sealed with. */
  open(instanceId: string, name: string, value: Sealed): string {
    const place = `${instanceId}\n${name}`;
    for (const key of [this.#key, ...this.#olderKeys]) {
      const plain = openWith(key, place, value);
      if (plain !== undefined) return plain;
    }
    throw new Error(`The secret "${name}" was sealed with none of the keys that are given, or was changed.`);
  }

  /** The value sealed with the present key, where an older one sealed it; undefined = it is so already. Throws as `open`. */
  renew(instanceId: string, name: string, value: Sealed): Sealed | undefined {
    if (openWith(this.#key, `${instanceId}\n${name}`, value) !== undefined) return undefined;
    return this.seal(instanceId, name, this.open(instanceId, name, value));
  }
}

/** Undefined = another key sealed it, or somebody changed it: the tag tells no more. */
function openWith(key: Uint8Array, place: string, { nonce, sealed }: Sealed): string | undefined {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(-tagBytes));
  const plain = decipher.update(sealed.subarray(0, -tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

interface Place {
  $secret: string;
  name: string;
  fingerprint: string;
}

function isPlace(value: object): value is Place {
  return "$secret" in value && "fingerprint" in value && "name" in value && Object.keys(value).length === 3;
}

/** Replaces every `Secret` in a value by its place; `under` is the stem of the names that they are stored by. */
export function takeSecrets(value: unknown, under: string): { json: unknown; secrets: Map<string, string> } {
  const secrets = new Map<string, string>();
  const walk = (part: unknown, path: string): unknown => {
    if (part instanceof Secret) {
      secrets.set(path, part.expose());
      return { $secret: path, name: part.name, fingerprint: part.fingerprint } satisfies Place;
    }
    if (Array.isArray(part)) return part.map((each, index) => walk(each, `${path}.${index}`));
    if (part instanceof Date) return part.toISOString();
    if (typeof part === "object" && part !== null)
      return Object.fromEntries(
        Object.entries(part).map(([key, each]) => [key, walk(each, `${path}.${key}`)]),
      );
    return part;
  };
  return { json: walk(value, under), secrets };
}

/** The opposite of `takeSecrets`: handles stand again where places were. Throws when a value is missing. */
export function putSecrets(json: unknown, values: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(json)) return json.map((each) => putSecrets(each, values));
  if (typeof json !== "object" || json === null) return json;
  if (isPlace(json)) {
    const value = values.get(json.$secret);
    if (value === undefined) throw new Error(`The journal misses the secret "${json.$secret}".`);
    return new Secret(json.name, value);
  }
  return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, putSecrets(each, values)]));
}

/** The same without the places of secrets: what is stored once nobody needs them any more. */
export function withoutPlaces(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutPlaces);
  if (typeof json !== "object" || json === null) return json;
  const left = Object.entries(json).filter(
    ([, each]) => typeof each !== "object" || each === null || !isPlace(each),
  );
  return Object.fromEntries(left.map(([key, each]) => [key, withoutPlaces(each)]));
}

/** True when two sets of answers say the same, whatever the order of their keys. Secrets are compared by fingerprint. */
export function sameAnswers(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  if (value instanceof Secret) return `secret ${value.fingerprint}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (isPlace(value)) return `secret ${value.fingerprint}`;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}
