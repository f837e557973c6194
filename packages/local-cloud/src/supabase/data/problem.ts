import pg from "pg";

/** An error as PostgREST answers it: HTTP status and the four fields that clients read. */
export class DataProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, more: { details?: string; hint?: string } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details ?? null;
    this.hint = more.hint ?? null;
  }

  body(): object {
    return { code: this.code, details: this.details, hint: this.hint, message: this.message };
  }
}

/** Which status PostgREST gives for which SQLSTATE; the longest prefix decides. */
const statuses: [string, number][] = [
  ["08", 503],
  ["09", 500],
  ["0L", 403],
  ["0P", 403],
  ["23503", 409],
  ["23505", 409],
  ["25006", 405],
  ["25", 500],
  ["28", 403],
  ["2D", 500],
  ["38", 500],
  ["39", 500],
  ["3B", 500],
  ["40", 500],
  ["53400", 500],
  ["53", 503],
  ["54", 500],
  ["55", 500],
  ["57", 500],
  ["58", 500],
  ["F0", 500],
  ["HV", 500],
  ["P0001", 400],
  ["P0", 500],
  ["XX", 500],
  ["42883", 404],
  ["42P01", 404],
  ["42P17", 500],
];

/** The answer for an error of the database. Without a signed-in user "not allowed" is 401, else 403. */
export function problemOf(error: unknown, anonymous: boolean): DataProblem {
  if (error instanceof DataProblem) return error;
  if (!(error instanceof pg.DatabaseError)) throw error;
  const code = error.code ?? "XX000";
  const more = {
    ...(error.detail === undefined ? {} : { details: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
  if (code === "42501") return new DataProblem(anonymous ? 401 : 403, code, error.message, more);
  const own = /^PT(\d{3})$/.exec(code);
  if (own) return new DataProblem(Number(own[1]), code, error.message, more);
  const status = statuses
    .filter(([prefix]) => code.startsWith(prefix))
    .sort(([a], [b]) => b.length - a.length)
    .at(0)?.[1];
  return new DataProblem(status ?? 400, code, error.message, more);
}
