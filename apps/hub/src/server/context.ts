import type { RouteName } from "@atoll/contract/routes";
import type { Role } from "@atoll/contract/schemas/account";
import type { Settings } from "@atoll/contract/schemas/settings";
import type { Answer, Checked, FileName, StreamName } from "@atoll/contract/types";
import type { Transaction } from "kysely";
import type pg from "pg";
import type { Auth } from "../auth.ts";
import type { Resolver } from "../resolver/resolver.ts";
import type { Runtime } from "../runtime.ts";
import type { Attempts } from "../services/attempts.ts";
import type { Letters } from "../services/letters.ts";
import type { RequestRow } from "../services/requests.ts";
import type { Deed } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import type { Tokens } from "../tokens.ts";

/** All that handlers work with. */
export interface Hub {
  runtime: Runtime;
  store: Store;
  people: pg.Pool;
  auth: Auth["auth"];
  tokens: Tokens;
  letters: Letters;
  /** Where people reach the hub, without a slash at the end. */
  baseUrl: string;
  version: string;
  signInWith: string[];
  /** What anybody may try without being known. */
  attempts: Attempts;
  /** How many proxies of ours stand before it. */
  proxies: number;
  /** What visitors of instances are told. */
  resolver: Resolver;
  /** Has the hub's background work look at once instead of at its next tick. */
  wake(): void;
}

/** Who is asking: a person, a key, or nobody. */
export interface Caller {
  kind: "person" | "key";
  id: string;
  name: string;
  email: string | undefined;
  role: Role;
  twoFactor: boolean;
  /** How the audit log names them. */
  actor: string;
}

/** A deed; by whoever calls unless it says otherwise. */
type CallDeed = Omit<Deed, "actor"> & Partial<Pick<Deed, "actor">>;

/** What a handler knows of a call beside its input. */
export interface Call {
  hub: Hub;
  /** Nobody on public routes only. */
  caller: Caller | undefined;
  /** Name in the audit log. */
  actor: string;
  /** Address that the call came from. */
  address: string;
  /** `If-Match` of a write. */
  ifMatch: string | undefined;
  /** Where a stream goes on. */
  after: number;
  signal: AbortSignal;
  settings(): Promise<Settings>;
  /** Runs in one transaction; the work writes its own deeds. */
  move(work: (tx: Transaction<Tables>) => Promise<RequestRow>): Promise<RequestRow>;
  /**
   * Runs in one transaction and writes the deed into the audit log with it. A deed that is known afterwards only is a
   * function of the result; undefined = nothing was done.
   */
  act<T>(
    deed: CallDeed | ((result: T) => CallDeed | undefined),
    work: (tx: Transaction<Tables>) => Promise<T>,
  ): Promise<T>;
}

/** A file that a route answers with; `content` gives its bytes from `from` on. */
export interface FileAnswer {
  /** Of letters, digits, `.` and `-`. */
  name: string;
  sizeBytes: number;
  content(from: number): AsyncIterable<Uint8Array>;
}

type Handled<Name extends RouteName> = Name extends StreamName
  ? AsyncIterable<Answer<Name>>
  : Name extends FileName
    ? FileAnswer
    : Answer<Name>;

/** What answers a route. Every route has one: a missing handler does not compile. */
export type Handlers<Names extends RouteName = RouteName> = {
  [Name in Names]: (input: Checked<Name>, call: Call) => Promise<Handled<Name>>;
};
