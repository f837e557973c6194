/** What happens next decides the name of an error, not where it came from. */
export type FaultKind = "try-again" | "rejected" | "not-ours" | "sign-in-again" | "outcome-unknown";

/** Who does what about each kind of fault: the only place that says so. */
export const reaction: Record<
  FaultKind,
  { engine: "wait-and-repeat" | "observe-then-repeat" | "stop"; person: string }
> = {
  "try-again": {
    engine: "wait-and-repeat",
    person: "Nothing: it is repeated by itself until the step's deadline.",
  },
  "outcome-unknown": {
    engine: "observe-then-repeat",
    person: "Nothing: what really happened is looked up first.",
  },
  rejected: { engine: "stop", person: "Change what the provider refused, then retry the run." },
  "not-ours": { engine: "stop", person: "Rename or move what stands in the way, then retry the run." },
  "sign-in-again": { engine: "stop", person: "Renew the token or its permissions, then retry the run." },
};

/** One thing that is wrong with an input: the field as a dotted path, and a sentence about it without the field. */
export interface Problem {
  field: string;
  what: string;
}

export interface FaultDetails {
  /** What happened, one sentence for a person. Never holds a secret. */
  what: string;
  /** What the person can do about it, one sentence. */
  next: string;
  /** Field of the input that is to blame, as a dotted path. */
  field?: string;
  /** Everything that is wrong with an input, where more than one thing can be; `field` is the first one's. */
  problems?: readonly Problem[];
  /** How long the provider asked us to wait, in milliseconds. */
  retryInMs?: number;
  /** Provider's status, code and the call, without body or token: "POST /v1/projects 429". */
  call?: string;
}

/** The one error that adapters throw. `kind` says what happens next, `what` and `next` are for people. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly what: string;
  readonly next: string;
  readonly field: string | undefined;
  readonly problems: readonly Problem[];
  readonly retryInMs: number | undefined;
  readonly call: string | undefined;

  constructor(kind: FaultKind, details: FaultDetails, options?: { cause?: unknown }) {
    super(details.what, options);
    this.name = "Fault";
    this.kind = kind;
    this.what = details.what;
    this.next = details.next;
    this.field = details.field;
    this.problems = details.problems ?? [];
    this.retryInMs = details.retryInMs;
    this.call = details.call;
  }
}

/**
 * What a client brought cannot be reached any more, or refuses us: it was deleted, its key was changed. Where it is
 * given back, one that is to be tried again is waited for a while; then it stays as it is, and nothing is owed.
 */
export class OutOfReach extends Fault {
  constructor(kind: FaultKind, details: FaultDetails, options?: { cause?: unknown }) {
    super(kind, details, options);
    this.name = "OutOfReach";
  }
}

/**
 * A call that was not sent: the provider's limits are used up, or it answers nobody. Whoever can wait comes again at
 * `untilMs`; such a wait is nobody's fault and uses up no deadline.
 */
export class Held extends Fault {
  /** Milliseconds since 1970, of this machine. */
  readonly untilMs: number;
  /** What is waited for, as a clause: "waits for GitHub's limit of new content, until 12:03:20". */
  readonly why: string;

  constructor(details: FaultDetails & { untilMs: number; why: string }) {
    super("try-again", details);
    this.name = "Held";
    this.untilMs = details.untilMs;
    this.why = details.why;
  }
}
