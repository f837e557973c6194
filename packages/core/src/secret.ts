import { createHash } from "node:crypto";

const shown = (name: string) => `[secret ${name}]`;

/**
 * A value that must not be seen: it prints as its name wherever it is printed (logs, JSON, template
 * strings, the inspector). Only `expose()` gives the value, at the one spot that sends it to a provider.
 */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  /** The value itself. Call it as late as possible and keep the result in no variable that lives on. */
  expose(): string {
    return this.#value;
  }

  /** First 16 hex digits of SHA-256: enough to see that two differ, useless for getting the value back. */
  get fingerprint(): string {
    return createHash("sha256").update(this.#value).digest("hex").slice(0, 16);
  }

  toString(): string {
    return shown(this.name);
  }

  toJSON(): string {
    return shown(this.name);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return shown(this.name);
  }
}
