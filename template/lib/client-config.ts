import { readFile } from "node:fs/promises";
import path from "node:path";
import { cache } from "react";
import { type MapCentre, mapCentreFrom } from "./community/map-centre";
import { type OwnPages, ownPagesFrom } from "./own/pages";
import { isObject } from "./own/reading";
import { publicVault } from "./vault/public";

/** The kinds of application, each with the modules that a client can have, in the order of the navigation. */
const modulesOf = {
  business: ["crm", "email", "social", "content", "accommodation"],
  shop: ["catalog", "orders", "stock", "customers"],
  agency: ["clients", "projects", "tasks", "files", "invoices"],
  community: ["places", "announcements", "members", "bot", "federation"],
  // A kind that only the file describes: its modules stand there.
  own: [],
} as const;

export type Blueprint = keyof typeof modulesOf;
export type ModuleName = (typeof modulesOf)[Blueprint][number];

export const locales = ["en", "fr", "id"] as const;
export type Locale = (typeof locales)[number];

/** `client-config.json`: who the client is and what this instance shows. */
export interface ClientConfig {
  client: { id: string; slug: string; name: string };
  blueprint: Blueprint;
  /** The blueprint's modules that are switched on. */
  modules: readonly ModuleName[];
  locale: Locale;
  map?: MapCentre;
  /** Pages of a kind that only the file describes. */
  own?: OwnPages;
  /** What the client's automations do, for each module, in words; set where automations exist. */
  automations: Partial<Record<ModuleName, string[]>>;
  /** What is wrong with the file, if anything; the rest of the config is then made of defaults. */
  problem?: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, 200) : "");

function blueprintFrom(value: unknown): Blueprint | undefined {
  if (value === undefined) return "business";
  if (value === "own" || typeof value !== "string") return undefined;
  return Object.hasOwn(modulesOf, value) ? (value as Blueprint) : undefined; // one of its own keys
}

function problemOf(input: unknown, blueprint: Blueprint | undefined): string | undefined {
  if (!isObject(input)) return "client-config.json holds no JSON object.";
  if (blueprint) return undefined;
  const known = Object.keys(modulesOf).filter((name) => name !== "own");
  return `client-config.json: "blueprint" has to be one of ${known.join(", ")}, or "pages" has to describe it.`;
}

/** Makes a config of whatever the file holds; what is not understood counts as absent. */
export function parseClientConfig(input: unknown): ClientConfig {
  const file = isObject(input) ? input : {};
  const client = isObject(file.client) ? file.client : {};
  const switches = isObject(file.modules) ? file.modules : {};
  const automations = isObject(file.automations) ? file.automations : {};
  const named = blueprintFrom(file.blueprint);
  const own = named === undefined ? ownPagesFrom(file.pages, switches) : undefined;
  const known = own ? "own" : named;
  const blueprint = known ?? "business";
  const names: readonly ModuleName[] = own ? own.modules : modulesOf[blueprint];
  const lines = names.map((name) => {
    const list = Object.hasOwn(automations, name) ? automations[name] : undefined;
    return [name, Array.isArray(list) ? list.map(text).filter(Boolean) : []] as const;
  });
  const map = mapCentreFrom(file.map);
  const problem = problemOf(input, known);
  return {
    client: { id: text(client.id), slug: text(client.slug), name: text(client.name) },
    blueprint,
    // A blueprint that is not known shows nothing at all.
    modules: own ? names : known ? names.filter((name) => switches[name] === true) : [],
    locale: locales.find((locale) => locale === file.locale) ?? "en",
    automations: Object.fromEntries(lines),
    ...(map && { map }),
    ...(own && { own }),
    ...(problem && { problem }),
  };
}

/** Where people land who work here: shops and communities have their public page at `/`. */
export function homeOf({ blueprint }: Pick<ClientConfig, "blueprint">): "/" | "/admin" {
  return hasPublicPage(blueprint) ? "/admin" : "/";
}

/** Whether visitors without an account see a page at `/`. */
export function hasPublicPage(blueprint: Blueprint): boolean {
  return blueprint === "shop" || blueprint === "community";
}

/** Reads `client-config.json` from the folder the server runs in; once for each request. */
export const fileConfig = cache(async (): Promise<ClientConfig> => {
  const file = path.join(/* turbopackIgnore: true */ process.cwd(), "client-config.json");
  try {
    return parseClientConfig(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return { ...parseClientConfig({}), problem: "client-config.json is missing or is not valid JSON." };
  }
});

/** The same with what the vault says of it now: a name or a language that was changed there needs no new build. */
export function withVault(config: ClientConfig, vault: ReadonlyMap<string, unknown>): ClientConfig {
  const name = text(vault.get("APP_NAME")).trim() || config.client.name;
  const locale = locales.find((each) => each === vault.get("LOCALE")) ?? config.locale;
  return { ...config, client: { ...config.client, name }, locale };
}

/** Who the client is and what this instance shows, as it is now; once for each request. */
export const clientConfig = cache(
  async (): Promise<ClientConfig> => withVault(await fileConfig(), await publicVault()),
);
