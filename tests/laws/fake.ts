import { differences } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { createHttp, type Http } from "@atoll/provider-kit/http";
import { canary, next } from "./behind.ts";
import type { Case, Wires } from "./case.ts";
import type { Arrived, Ordered, Yard } from "./yard.ts";

/** A thing of the fake provider. Names may repeat; `extra` is nobody's business but its owner's. */
export interface Thing {
  id: string;
  name: string;
  owner: string;
  size: number;
  extra?: string;
}

/** A provider in memory: as much of one as the laws need, with log and faults. */
export function fakeProvider(): Yard & { things: Map<string, Thing> } {
  const things = new Map<string, Thing>();
  let log: Arrived[] = [];
  let faults: (Ordered & { seen: number; struck: number })[] = [];
  let made = 0;

  function work(method: string, url: URL, body: Partial<Thing>): Response {
    const [, , id = ""] = url.pathname.split("/");
    const there = things.get(id);
    if (method === "POST") {
      const thing = { ...body, id: `t${++made}` } as Thing; // the adapter sends the rest
      things.set(thing.id, thing);
      return Response.json(thing, { status: 201 });
    }
    if (id === "") {
      const name = url.searchParams.get("name");
      return Response.json([...things.values()].filter((each) => each.name === name));
    }
    if (!there) return Response.json({ message: "Not found" }, { status: 404 });
    if (method === "DELETE") things.delete(id);
    if (method === "PATCH") things.set(id, { ...there, ...body });
    if (method === "PUT") things.set(id, { ...body, id } as Thing); // all of it, as the adapter sends it
    return Response.json(things.get(id) ?? {});
  }

  function strike(method: string): Ordered["kind"] | undefined {
    for (const fault of faults) {
      if (fault.method !== undefined && fault.method !== method) continue;
      if (fault.seen++ < (fault.after ?? 0) || fault.struck >= (fault.times ?? Infinity)) continue;
      fault.struck += 1;
      return fault.kind;
    }
    return undefined;
  }

  return {
    things,
    async fetch(input, init) {
      const request = new Request(input, init);
      const { method } = request;
      const body = method === "POST" || method === "PUT" || method === "PATCH" ? await request.json() : {};
      const fault = strike(method);
      const note = (status: number) => log.push({ method, status, write: method !== "GET" });
      if (fault === "500" || fault === "reject") {
        note(fault === "500" ? 500 : 400);
        return Response.json({ message: "Ordered" }, { status: fault === "500" ? 500 : 400 });
      }
      const answer = fault === "reset" ? undefined : work(method, new URL(request.url), body);
      note(fault === undefined ? (answer?.status ?? 0) : 0);
      if (fault !== undefined || !answer) throw new TypeError("fetch failed");
      return answer;
    },
    arrived: async () => log,
    forget: async () => {
      log = [];
    },
    order: async (fault) => void faults.push({ ...fault, seen: 0, struck: 0 }),
    heal: async () => {
      faults = [];
    },
  };
}

/** What a fake thing should be. */
export interface FakeIn {
  size: number;
  password: Secret;
}

/** What the provider says of it. */
export interface FakeAttrs {
  thingId: string;
  size: number;
}

export type FakeResource = Resource<FakeIn, FakeAttrs>;

export function apiOf(wires: Wires): Http {
  const token = new Secret("FAKE_TOKEN", "fake-token-4711");
  return createHttp({ ...wires, provider: "Fake", baseUrl: "http://fake.invalid", token });
}

/** A resource that obeys all laws. */
export function goodResource(wires: Wires): FakeResource {
  const api = apiOf(wires);
  return {
    kind: "fake.thing",
    lostCreate: "find-by-name",
    removal: "own",
    async observe(at) {
      const byId = at.id && (await api.getOrGone<Thing>("/things/{id}", { params: { id: at.id } }));
      const named = byId ? [byId] : await api.get<Thing[]>("/things", { query: { name: at.name } });
      const found = named.find((each) => each.owner === at.instance) ?? named[0];
      if (!found) return { is: "absent" };
      const owner = found.owner === at.instance ? "us" : "other";
      return { is: "present", id: found.id, owner, attrs: { thingId: found.id, size: found.size } };
    },
    compare: (want, live) => differences({ size: want.size }, live),
    async apply({ at, want, live }) {
      const { size, password } = want;
      if (live) await api.patch("/things/{id}", { params: { id: live.thingId }, body: { size }, safe: true });
      const body = { name: at.name, owner: at.instance, size, password };
      return live ? live.thingId : (await api.post<Thing>("/things", { body })).id;
    },
    async remove(id) {
      await api.delete("/things/{id}", { params: { id } });
    },
  };
}

/** The fake thing's case, for a resource that may be bad. */
export function fakeCase(
  provider: ReturnType<typeof fakeProvider>,
  connect: (wires: Wires) => FakeResource,
): Case<FakeIn, FakeAttrs> {
  const { things } = provider;
  const add = (thing: Omit<Thing, "id">) => {
    const id = `planted-${next().n}`;
    things.set(id, { id, ...thing });
    return async () => ({ ...things.get(id) });
  };
  const change = (id: string, to: Partial<Thing>) => {
    const there = things.get(id);
    if (!there) throw new Fault("rejected", { what: `There is no ${id}.`, next: "Make it first." });
    things.set(id, { ...there, ...to });
  };
  return {
    kind: "fake.thing",
    provider: "fake",
    connect,
    async fresh() {
      const { n, instance } = next();
      return {
        at: { instance, name: `thing-${n}` },
        want: { size: 3, password: new Secret("p", canary(n)) },
      };
    },
    count: async ({ at }) => ({
      things: [...things.values()].filter((each) => each.name === at.name && each.owner === at.instance)
        .length,
    }),
    foreign: {
      seen: "other",
      plant: async ({ at }) => add({ name: at.name, owner: "somebody", size: 9 }),
    },
    drifts: [
      { what: "it was resized", plant: async (_, id) => change(id, { size: 4 }), paths: ["size"] },
      { what: "it was deleted", plant: async (_, id) => things.delete(id), paths: [""] },
    ],
    async beside(_, id) {
      change(id, { extra: "kept" });
      return async () => things.get(id)?.extra;
    },
    secrets: ({ want }) => [want.password.expose(), "fake-token-4711"],
  };
}
