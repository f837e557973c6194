import { AsyncLocalStorage } from "node:async_hooks";

interface Scope {
  step: string;
  instance: string;
  /** How many writes it has sent. */
  writes: number;
}

/** Sees which step sends which writes, and loses the answers of those that it is told to lose. */
export interface Trace {
  /** Runs a step's work: what it sends counts as the step's. */
  within<T>(step: string, instance: string, work: () => Promise<T>): Promise<T>;
  /** Writes of each step of an instance, in their order: "POST https://…". */
  sent(instance: string): Record<string, string[]>;
  /** Loses the answer of a step's write, counted from 0, once. */
  lose(instance: string, step: string, write: number): void;
  /** True when this loss was ordered and has not come yet. */
  isToLose(instance: string, step: string, write: number): boolean;
  /** Puts the process's own `fetch` back. */
  end(): void;
}

const writing = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const keyOf = (instance: string, step: string, write: number) => `${instance} ${step} ${write}`;

/** Stands in front of this process's `fetch` until `end`. */
export function openTrace(): Trace {
  const scopes = new AsyncLocalStorage<Scope>();
  const sent = new Map<string, Record<string, string[]>>();
  const losses = new Set<string>();
  const real = globalThis.fetch;

  globalThis.fetch = async (input, init) => {
    const scope = scopes.getStore();
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (scope === undefined || !writing.has(method)) return real(input, init);
    const address = new URL(input instanceof Request ? input.url : input);
    const { step, instance } = scope;
    const write = scope.writes++;
    const known = sent.get(instance) ?? {};
    known[step] = [...(known[step] ?? []), `${method} ${address.pathname}`];
    sent.set(instance, known);
    const answer = await real(input, init);
    if (!losses.delete(keyOf(instance, step, write))) return answer;
    // The work is done; the connection breaks before anybody hears of it.
    await answer.body?.cancel();
    throw new TypeError("fetch failed", {
      cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
    });
  };

  return {
    within: (step, instance, work) => scopes.run({ step, instance, writes: 0 }, work),
    sent: (instance) => sent.get(instance) ?? {},
    lose: (instance, step, write) => void losses.add(keyOf(instance, step, write)),
    isToLose: (instance, step, write) => losses.has(keyOf(instance, step, write)),
    end: () => {
      globalThis.fetch = real;
    },
  };
}
