import type { CheckLine, CheckName } from "@atoll/contract/schemas/checklist";

/** What a line says beside which line it is. */
export type Finding = Pick<CheckLine, "result" | "what" | "next">;

/** What each line asks. */
const titles: Record<CheckName, string> = {
  project: "The Supabase project is made",
  schema: "The schema is the newest one",
  "row-security": "Every public table has row-level security",
  vault: "The vault holds its keys",
  registered: "It stands in the registry",
  "resolves-locally": "The hub resolves it",
  "resolves-in-production": "Its public address resolves",
  site: "The site answers",
  "auth-settings": "Sign-in is set up",
  "sign-in": "The first admin can sign in",
  workflows: "Its workflows are published",
  backup: "Its backup is current",
  mail: "The welcome mail arrived",
  others: "Everything else is as wanted",
};

export const ok = (what: string): Finding => ({ result: "ok", what });
export const failed = (what: string, next: string): Finding => ({ result: "failed", what, next });
export const waiting = (what: string, next?: string): Finding => ({
  result: "waiting",
  what,
  ...(next !== undefined && { next }),
});
export const notApplicable = (why: string): Finding => ({ result: "not-applicable", what: why });

/** A line of the checklist. */
export const line = (check: CheckName, finding: Finding): CheckLine => ({
  check,
  title: titles[check],
  ...finding,
});

/** "a", "a and b", "a, b and 3 more": a list that stays readable. */
export function listed(items: readonly string[], most = 5): string {
  const shown = items.slice(0, most);
  const rest = items.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
