import { Fault } from "@atoll/core/fault";
import { ArchiveFault } from "./damage.ts";

const passing = /^(08|40|53|55P03|57)/;

/** SQLSTATE of an error that `pg` threw, the name of the constraint it is about, or nothing. */
function stateOf(error: unknown): { state?: string; constraint?: string } {
  if (!(error instanceof Error)) return {};
  const state =
    "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code)
      ? error.code
      : undefined;
  const constraint =
    "constraint" in error && typeof error.constraint === "string" ? error.constraint : undefined;
  return { ...(state && { state }), ...(constraint && { constraint }) };
}

/** What `pg` and the sockets below it say of a connection that went away: these have no SQLSTATE. */
const lost = /Connection terminated|connection error|not queryable|ECONNRESET|EPIPE|ETIMEDOUT|ECONNREFUSED/;

/**
 * An error of a database in our words: Postgres's own quote values of rows, which are nobody's to read in an error.
 * `doing` completes "The database refused ..."; `where` is the part under way. What is not the database's stays as it is.
 */
export function refusal(error: unknown, doing: string, where?: string): unknown {
  if (error instanceof Fault) return error;
  const { state, constraint } = stateOf(error);
  if (state === undefined && !lost.test(String(error))) return error;
  if (state === undefined || passing.test(state))
    return new Fault(
      "try-again",
      {
        what: `The connection to the database was lost, or its server is busy${state ? ` (${state})` : ""}.`,
        next: "It can be repeated: nothing was left half done.",
      },
      { cause: error },
    );
  const about = constraint === undefined ? state : `${state}, ${constraint}`;
  const details = { what: `The database refused ${doing} (${about}).`, next: nextOf(state, where) };
  return where === undefined
    ? new Fault("rejected", details, { cause: error })
    : new ArchiveFault({ damage: "refused-rows", where, ...details }, { cause: error });
}

function nextOf(state: string, where: string | undefined): string {
  if (state === "42501") return "Use the login that owns the tables and may read and write schema auth.";
  return where === undefined
    ? "Look into the database's log for what it says about it."
    : "Load it into a database whose schema stands at the version that the archive was made of, with nothing changed by hand.";
}
