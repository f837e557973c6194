import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An error as GoTrue answers it. */
export class AuthProblem extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  readonly more: object;

  constructor(status: ContentfulStatusCode, code: string, message: string, more: object = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }

  /** Newer clients ask for another shape by `X-Supabase-Api-Version: 2024-01-01`. */
  body(apiVersion: string | undefined): object {
    if (apiVersion !== undefined && apiVersion >= "2024-01-01")
      return { code: this.code, message: this.message, ...this.more };
    return { code: this.status, error_code: this.code, msg: this.message, ...this.more };
  }
}

/** What is left out says so, instead of pretending. */
export function notEmulated(what: string): AuthProblem {
  return new AuthProblem(501, "not_emulated", `The local cloud's Auth does not do ${what}.`);
}
