import { readFile } from "node:fs/promises";
import path from "node:path";
import { cache } from "react";

/** The modules that a client can have, in the order in which the navigation shows them. */
export const moduleNames = ["crm", "email", "social", "content", "accommodation"] as const;
export type ModuleName = (typeof moduleNames)[number];

export const locales = ["en", "fr", "id"] as const;
export type Locale = (typeof locales)[number];

/** `client-config.json`: who the client is and what this instance shows. */
export interface ClientConfig {
  client: { id: string; slug: string; name: string };
  modules: Record<ModuleName, boolean>;
  locale: Locale;
  /** What the client's automations do, for each module, in words; set where automations exist. */
  automations: Partial<Record<ModuleName, string[]>>;
  /** What is wrong with the file, if anything; the rest of the config is then made of defaults. */
  problem?: string;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, 200) : "");

/** Makes a config of whatever the file holds; what is not understood counts as absent. */
export function parseClientConfig(input: unknown): ClientConfig {
  const file = isObject(input) ? input : {};
  const client = isObject(file.client) ? file.client : {};
  const modules = isObject(file.modules) ? file.modules : {};
  const automations = isObject(file.automations) ? file.automations : {};
  const enabled = moduleNames.map((name) => [name, modules[name] === true] as const);
  const lines = moduleNames.map((name) => {
    const list = automations[name];
    return [name, Array.isArray(list) ? list.map(text).filter(Boolean) : []] as const;
  });
  return {
    client: { id: text(client.id), slug: text(client.slug), name: text(client.name) },
    modules: Object.fromEntries(enabled) as ClientConfig["modules"], // has exactly the names in moduleNames
    locale: locales.find((locale) => locale === file.locale) ?? "en",
    automations: Object.fromEntries(lines),
    ...(isObject(input) ? {} : { problem: "client-config.json holds no JSON object." }),
  };
}

/** Reads `client-config.json` from the folder the server runs in; once for each request. */
export const clientConfig = cache(async (): Promise<ClientConfig> => {
  const file = path.join(/* turbopackIgnore: true */ process.cwd(), "client-config.json");
  try {
    return parseClientConfig(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return { ...parseClientConfig({}), problem: "client-config.json is missing or is not valid JSON." };
  }
});
