import type { Problem } from "@atoll/contract/schemas/problem";
import { Fault } from "@atoll/core/fault";
import type { z } from "zod";
import { VaultConflict } from "../vault/vault-conflict.ts";

/** What a handler throws to refuse: becomes a problem document. */
export class Refusal extends Error {
  readonly status: number;
  readonly next: string;
  readonly field: string | undefined;
  constructor(status: number, what: string, next: string, field?: string) {
    super(what);
    this.name = "Refusal";
    this.status = status;
    this.next = next;
    this.field = field;
  }
}

export const notFound = (what: string): Refusal =>
  new Refusal(404, `There is no ${what}.`, "Look at the list; it may have been removed.");

const statusOf: Record<Fault["kind"], number> = {
  rejected: 422,
  "not-ours": 409,
  "sign-in-again": 502,
  "try-again": 503,
  "outcome-unknown": 502,
};

/** Any error as a problem document. What nobody foresaw says nothing of its inside. */
export function problemOf(error: unknown, requestId: string): Problem {
  const head = { type: "about:blank", requestId };
  if (error instanceof Refusal)
    return {
      ...head,
      title: error.message,
      status: error.status,
      next: error.next,
      ...(error.field !== undefined && { field: error.field }),
    };
  if (error instanceof VaultConflict)
    return {
      ...head,
      title: error.what,
      status: 409,
      next: error.next,
      ...(error.field !== undefined && { field: error.field }),
      ...(error.entry && { conflict: error.entry }),
    };
  if (error instanceof Fault)
    return {
      ...head,
      title: error.what,
      status: statusOf[error.kind],
      next: error.next,
      ...(error.problems.length > 0 && { problems: [...error.problems] }),
      ...(error.field !== undefined && { field: error.field }),
    };
  return {
    ...head,
    title: "Something went wrong in the hub.",
    status: 500,
    next: `Try again; if it happens again, look for ${requestId} in the hub's log.`,
  };
}

/** The first thing that is wrong with an input. */
export function invalid(error: z.ZodError, where: string): Refusal {
  const [issue] = error.issues;
  const field = issue?.path.map(String).join(".");
  return new Refusal(
    400,
    `${where} is not as it should be: ${field ? `"${field}": ` : ""}${issue?.message ?? "unknown"}.`,
    "Correct it and send it again.",
    field || undefined,
  );
}
