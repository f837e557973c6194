import type { Thing } from "./definitions.ts";

/** One finding about a thing: a sentence, and the SQL that puts it right ("" where that would lose data). */
export interface Finding {
  what: string;
  sql: string;
}

/** "policy deals_organization of table public.deals", "function public.twice(n integer)": a thing for people. */
export function nounOf({ kind, label, part }: Thing): string {
  switch (kind) {
    case "constraint":
    case "index":
    case "policy":
    case "trigger":
    case "rule":
      return `${kind} ${part} of table ${label}`;
    case "domain constraint":
      return `constraint ${part} of domain ${label}`;
    case "row security":
      return `row level security of table ${label}`;
    case "grants":
      return `list of rights on ${label}`;
    case "grants schema":
      return `list of rights on schema ${label}`;
    case "grants type":
      return `list of rights on type ${label}`;
    case "default privileges":
      return `list of default privileges ${label}`;
    case "owner":
      return `owner of ${label}`;
    case "owner schema":
      return `owner of schema ${label}`;
    case "publication":
      return part === "" ? `publication ${label}` : `part ${part} of publication ${label}`;
    default:
      return `${kind} ${label}`;
  }
}
