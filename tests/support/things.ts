import type { TestCloud } from "./cloud.ts";

/** What stands at the providers. Sent mails are left out: they stay with whoever got them. */
export async function things(cloud: TestCloud): Promise<Record<string, unknown>> {
  const { resend: _, ...rest } = await cloud.inventory();
  return rest;
}

/** How many there are of each kind of thing in an inventory: `{"vercel.projects": 2, ...}`. */
export function sizes(inventory: object): Record<string, number> {
  const found: Record<string, number> = {};
  const add = (path: string, count: number) => {
    found[path] = (found[path] ?? 0) + count;
  };
  const walk = (path: string, value: unknown) => {
    if (Array.isArray(value)) {
      add(path, value.length);
      for (const each of value) walk(path, each);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, each] of Object.entries(value)) walk(path === "" ? key : `${path}.${key}`, each);
    } else if (typeof value === "number" && !/\.(id|seq)$/.test(path)) add(path, value);
  };
  walk("", inventory);
  return found;
}
