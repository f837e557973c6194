import type { Secret } from "./secret.ts";

/** Chooses what has to be random. Its answers are recorded before they are used. */
export interface Ids {
  /** 12 characters [a-z0-9] from a cryptographic source: makes a name unguessable. */
  suffix(): string;
  /** 32 characters [A-Za-z0-9], from a cryptographic source. */
  password(): string;
  /** A password that a person types once: 4 groups of 4, no look-alike characters. */
  temporaryPassword(): string;
}

/** What a blueprint's step may read about the instance it works on. */
export interface Instance<Answers = unknown, Chosen = Record<string, string>> {
  /** 20 characters [a-z0-9], random: the mark on everything we make. */
  id: string;
  /** Subdomain and stem of all names: `[a-z]([a-z0-9-]{1,38})[a-z0-9]`. */
  slug: string;
  blueprint: string;
  /** Which set of provider accounts it lives in. */
  environment: string;
  answers: Answers;
  /** What was chosen at random when the instance was first seen. */
  chosen: Chosen;
}

/** Secrets by name, chosen and stored encrypted before the first step runs. */
export type Secrets<Names extends string = string> = Record<Names, Secret>;

const slugPattern = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;
const reserved = new Set([
  "www",
  "api",
  "app",
  "admin",
  "hub",
  "console",
  "mail",
  "atoll",
  "status",
  "static",
]);

/** The same rules as one pattern, for JSON Schema. */
export const slugRule = `^(?!.*--)(?!(?:${[...reserved].join("|")})$)${slugPattern.source.slice(1)}`;

/** Why a slug cannot be used, in one sentence; undefined when it can. */
export function slugProblem(slug: string): string | undefined {
  if (slug === "") return "is empty";
  if (slug.length < 3 || slug.length > 40) return `has ${[...slug].length} characters; 3 to 40 are allowed`;
  if (!slugPattern.test(slug))
    return "may hold only a-z, 0-9 and -, starts with a letter and ends with a letter or digit";
  if (slug.includes("--")) return "may not hold two hyphens in a row";
  if (reserved.has(slug)) return `is reserved: "${slug}" has a meaning of its own`;
  return undefined;
}

/** A slug made from a name as people write it: "Tökö & Söns" → "toko-sons". May be empty. */
export function slugFrom(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-0-9]+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}

/** Answers that an instance keeps for good: its name in every address, where its data lies, whom it belongs to. */
export const fixedAnswers: readonly string[] = ["slug", "region", "adminEmail"];
