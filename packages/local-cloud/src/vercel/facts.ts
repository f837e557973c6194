import { randomBytes } from "node:crypto";

/** Whose token it is. A call without a team lands in this account, as at Vercel. */
export const user = {
  id: "usr_atollLocal",
  username: "atoll-bot",
  email: "bot@localhost",
  name: "Atoll Bot",
};

/** The one team of the local cloud. */
export const team = { id: "team_atoll", slug: "atoll", name: "Atoll local" };

/** Vercel keeps at most this much environment for a deployment. */
export const environmentLimitBytes = 65_536;

/** Where a variable holds. */
export const targets = ["production", "preview", "development"] as const;
export type Target = (typeof targets)[number];

/** An id as Vercel makes them: "prj_" and 28 letters and digits. */
export function newId(prefix: "prj" | "dpl" | "env" | "evt"): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const body = [...randomBytes(28)].map((byte) => letters[byte % letters.length]).join("");
  return prefix === "env" || prefix === "evt" ? body.slice(0, 16) : `${prefix}_${body}`;
}
