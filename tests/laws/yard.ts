import { setTimeout as sleep } from "node:timers/promises";
import type { TestCloud } from "../support/cloud.ts";
import type { Wires } from "./case.ts";

/** One request that arrived, in the order of arrival. `status` 0 = the connection was cut. */
export interface Arrived {
  method: string;
  status: number;
  write: boolean;
}

/** A fault that the provider itself plays. Without a method it strikes every call, without `times` for ever. */
export interface Ordered {
  kind: "lose-answer" | "reset" | "500" | "reject";
  method?: string;
  after?: number;
  times?: number;
}

/** One provider as the laws use it: its log of requests, and its faults. */
export interface Yard {
  fetch: typeof fetch;
  arrived(): Promise<Arrived[]>;
  forget(): Promise<void>;
  order(fault: Ordered): Promise<void>;
  heal(): Promise<void>;
}

/** A provider of the local cloud. */
export function yardOf(cloud: () => TestCloud, provider: string): Yard {
  return {
    fetch,
    arrived: () => cloud().log({ provider }),
    forget: () => cloud().clearLog(),
    order: (fault) => cloud().fault({ provider, ...fault }),
    heal: () => cloud().heal(),
  };
}

/** Nobody waits long here: what a provider asks for is cut down to a moment. */
export const moment = (ms: number) => sleep(Math.min(ms, 15));

/** Wires of a process that lives. */
export function wiresOf(yard: Yard, onCall: Wires["onCall"] = () => {}): Wires {
  return { fetch: yard.fetch, clock: { now: () => Date.now(), sleep: moment }, onCall };
}

/** Wires of a process that dies when the call number `after` (from 0) with this method was answered. */
export function mortalWires(yard: Yard, method: string, after: number): Wires & { dead(): boolean } {
  let seen = 0;
  let dead = false;
  const mortal: typeof fetch = async (input, init) => {
    if (dead) throw new TypeError("The process is dead.");
    const strikes = (init?.method ?? "GET") === method && seen++ === after;
    const answer = await yard.fetch(input, init);
    if (!strikes) return answer;
    await answer.body?.cancel();
    dead = true;
    throw new TypeError("The process died.");
  };
  return { ...wiresOf(yard), fetch: mortal, dead: () => dead };
}

/** Wires to a provider that refuses, and says in its refusal all that it was sent, the token too. */
export function echoingWires(yard: Yard, status: number, methods: readonly string[]): Wires {
  const echoing: typeof fetch = async (input, init) => {
    if (!methods.includes(init?.method ?? "GET")) return yard.fetch(input, init);
    const sent = `${JSON.stringify(Object.fromEntries(new Headers(init?.headers)))} ${init?.body}`;
    const message = `Invalid request: ${sent}`;
    return Response.json({ message, error: { code: "bad_request", message } }, { status });
  };
  return { ...wiresOf(yard), fetch: echoing };
}
