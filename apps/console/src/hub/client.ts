import { createClient, HubProblem } from "@atoll/contract/client";

/** The hub that served this page, called with the session's cookie where there is one. */
export const hub = createClient({ baseUrl: "" });

/** True for a refusal that asking again does not change. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof HubProblem)) return false;
  const { status } = error.problem;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** A key for one submission. `randomUUID` is missing where a hub is opened over plain HTTP. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
