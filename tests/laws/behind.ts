import type { Address } from "@atoll/core/resource";
import type { TestCloud } from "../support/cloud.ts";
import { moment } from "./yard.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into
type Body = any;

/** Calls a provider's API past our adapters, as somebody at its dashboard does. */
export type Behind = (call: string, body?: unknown) => Promise<Body>;

/** A way behind our back to one provider. `call` is "PATCH /repos/a/b"; `undefined` comes back for 404. */
export function behind(cloud: () => TestCloud, base: string, headers: () => Record<string, string>): Behind {
  return async (call, body) => {
    const [method = "GET", path = ""] = call.split(" ");
    const answer = await fetch(`${cloud().url}${base}${path}`, {
      method,
      headers: { ...headers(), ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${call}: ${answer.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };
}

/** Looks until it holds. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const giveUpAt = performance.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > giveUpAt) throw new Error(`It never came true: ${look}`);
    await moment(10);
  }
}

let made = 0;

/** A number that no other thing of this process has, and an instance of its own. */
export function next(): { n: string; instance: string } {
  const n = String(++made).padStart(5, "0");
  return { n, instance: `i${n}lawslawslawslw` };
}

/** A secret as awkward as they come; nothing else in any text is like it. */
export const canary = (n: string) => `Canary-"4711"\\é&/${n}-Xy7`;

/** The project, repository or database that a thing stands in. */
export function withinOf(at: Address): string {
  if (at.within === undefined) throw new Error(`${at.name} stands in nothing.`);
  return at.within;
}
