import { Fault } from "@atoll/core/fault";
import { expect, test } from "vitest";
import type { Case, Wires } from "./case.ts";
import {
  apiOf,
  type FakeAttrs,
  type FakeIn,
  type FakeResource,
  fakeCase,
  fakeProvider,
  goodResource,
} from "./fake.ts";
import { judge } from "./laws.ts";

/** What the laws say of a good resource, changed in one respect. */
function judged(
  worsen: (good: FakeResource, wires: Wires) => Partial<FakeResource>,
  also: (one: Case<FakeIn, FakeAttrs>) => Partial<Case<FakeIn, FakeAttrs>> = () => ({}),
) {
  const provider = fakeProvider();
  const one = fakeCase(provider, (wires) => {
    const good = goodResource(wires);
    return { ...good, ...worsen(good, wires) };
  });
  return judge({ ...one, ...also(one) }, provider).laws;
}

const observing = "observe never writes";
const twice = "ensuring twice writes once and makes one";
const comparing = "after ensuring nothing is left to change";
const crashing = "a crash at any write, then ensuring, leaves exactly one";
const foreign = "a foreign thing is seen as such, and never changed";
const drifting = "drift is named by its path, and repair clears it and nothing else";
const removing = "removing twice is fine, and afterwards it is absent";
const removingCrash = "a crash while removing, then removing, leaves nothing";
const secrecy = "no secret is seen in changes, attributes, calls or errors";

test("a good resource breaks no law", async () => {
  const laws = judged(() => ({}));
  for (const [law, hold] of Object.entries(laws))
    expect({ law, ...(await hold()) }).toEqual({ law, violations: [] });
  const listed = [observing, twice, comparing, crashing, foreign, drifting, removing, removingCrash, secrecy];
  expect(Object.keys(laws)).toEqual(listed);
});

const thing = (id: string) => ({ params: { id } });

const bad: [name: string, law: string, says: RegExp, worsen: Parameters<typeof judged>[0]][] = [
  [
    "writes a note of every look",
    observing,
    /wrote while observing an empty place/,
    (good, wires) => ({
      async observe(at) {
        await apiOf(wires).post("/things", { body: { name: "note" } });
        return good.observe(at);
      },
    }),
  ],
  [
    "writes when it sees drift",
    observing,
    /wrote while observing what was changed/,
    (good, wires) => ({
      async observe(at) {
        const seen = await good.observe(at);
        if (seen.is === "present" && seen.attrs.size !== 3 && seen.owner === "us")
          await apiOf(wires).patch(`/things/{id}`, { ...thing(seen.id), body: {} });
        return seen;
      },
    }),
  ],
  [
    "makes two",
    twice,
    /There are 2 things/,
    (good) => ({
      async apply(job) {
        if (!job.live) await good.apply(job);
        return good.apply(job);
      },
    }),
  ],
  [
    "does not find its own again",
    twice,
    /gave t2 instead of t1/,
    (good) => ({ observe: async (at) => (at.id === undefined ? { is: "absent" } : good.observe(at)) }),
  ],
  [
    "never has enough",
    twice,
    /does not converge/,
    () => ({ compare: () => [{ path: "size", act: "update" }] }),
  ],
  [
    "changes what it compares",
    comparing,
    /read only|not extensible|read-only/,
    (good) => ({
      compare(want, live) {
        live.size = Number(live.size);
        return good.compare(want, live);
      },
    }),
  ],
  [
    "sees less by id than by name",
    comparing,
    /left to do: .*size/,
    (good) => {
      let looks = 0;
      return {
        async observe(at) {
          const seen = await good.observe(at);
          const first = looks++ === 0;
          if (seen.is !== "present" || at.id === undefined || !first) return seen;
          return { ...seen, attrs: { ...seen.attrs, size: 0 } };
        },
      };
    },
  ],
  [
    "forgets what was made under its name",
    crashing,
    /lose-answer at POST 1 of making: there are 2 more instead of 1/,
    (good) => {
      let started = 0;
      return {
        observe: async (at) => (at.id === undefined && started++ === 0 ? { is: "absent" } : good.observe(at)),
      };
    },
  ],
  [
    "gives up after a lost answer",
    crashing,
    /lose-answer at POST 1 of making/,
    (good) => ({
      apply: (job) =>
        good.apply(job).catch((error: unknown) => {
          throw new Error("no answer", { cause: error });
        }),
    }),
  ],
  [
    "takes everything for its own",
    foreign,
    /seen as us, not as other/,
    (good) => ({
      async observe(at) {
        const seen = await good.observe(at);
        return seen.is === "present" ? { ...seen, owner: "us" } : seen;
      },
    }),
  ],
  [
    "writes over whatever has the name",
    foreign,
    /changed by applying/,
    (good, wires) => ({
      async apply(job) {
        const api = apiOf(wires);
        const [there] = await api.get<{ id: string }[]>("/things", { query: { name: job.at.name } });
        if (!there) return good.apply(job);
        const body = { name: job.at.name, owner: job.at.instance, size: job.want.size };
        await api.put("/things/{id}", { ...thing(there.id), body });
        return there.id;
      },
    }),
  ],
  [
    "does not say that it is somebody else's",
    foreign,
    /not with a fault "not-ours"/,
    () => ({
      apply: async () => {
        throw new Fault("rejected", { what: "It is there.", next: "Retry." });
      },
    }),
  ],
  ["does not look at the size", drifting, /it was resized: It is named \[\]/, () => ({ compare: () => [] })],
  [
    "names it otherwise",
    drifting,
    /It is named \["Size"\]/,
    (good) => ({
      compare: (want, live) => good.compare(want, live).map((change) => ({ ...change, path: "Size" })),
    }),
  ],
  [
    "replaces all to change one",
    drifting,
    /changed what we never set: "kept"/,
    (good, wires) => ({
      async apply(job) {
        if (!job.live) return good.apply(job);
        const body = { name: job.at.name, owner: job.at.instance, size: job.want.size };
        await apiOf(wires).put("/things/{id}", { ...thing(job.live.thingId), body });
        return job.live.thingId;
      },
    }),
  ],
  ["removes nothing", removing, /Afterwards it is present/, () => ({ remove: async () => {} })],
  [
    "trips over what is gone",
    removing,
    /Not found/,
    (_, wires) => ({
      async remove(id) {
        await apiOf(wires).get("/things/{id}", thing(id));
        await apiOf(wires).delete("/things/{id}", thing(id));
      },
    }),
  ],
  [
    "removes on its own what ends with its parent",
    removing,
    /removed on its own/,
    () => ({ removal: "with-parent" }),
  ],
  [
    "trips over what went before the crash",
    removingCrash,
    /lose-answer at DELETE 1/,
    (_, wires) => ({
      async remove(id) {
        await apiOf(wires).get("/things/{id}", thing(id));
        await apiOf(wires).delete("/things/{id}", thing(id));
      },
    }),
  ],
  [
    "tells the password in its changes",
    secrecy,
    /seen in the changes/,
    (good) => ({
      compare: (want, live) =>
        good.compare(want, live).map((change) => ({ ...change, to: want.password.expose() })),
    }),
  ],
  [
    "tells the password in its errors",
    secrecy,
    /seen in apply with 500/,
    (good) => ({
      apply: (job) =>
        good.apply(job).catch(() => {
          const next = "Try another.";
          throw new Fault("rejected", { what: `Refused: ${job.want.password.expose()}`, next });
        }),
    }),
  ],
  [
    "sends the password unmarked, so that it comes back in a refusal",
    secrecy,
    /seen in apply with 400 that repeats/,
    (_, wires) => ({
      async apply({ at, want }) {
        const body = { name: at.name, owner: at.instance, size: want.size, password: want.password.expose() };
        return (await apiOf(wires).post<{ id: string }>("/things", { body })).id;
      },
    }),
  ],
  [
    "ends with an error that helps nobody",
    secrecy,
    /no Fault/,
    (good) => ({
      apply: (job) =>
        good.apply(job).catch(() => {
          throw new Error("oops");
        }),
    }),
  ],
];

test.each(bad)("one that %s is found by: %s", async (_, law, says, worsen) => {
  const verdict = await judged(worsen)[law]?.();
  if (!verdict || !("violations" in verdict)) throw new Error("The law was not held against it.");
  expect(verdict.violations.join("\n")).toMatch(says);
});

test("a kind is what it says it is, and somebody knows how many there are", async () => {
  const misnamed = await judged(() => ({ kind: "fake.other" }))[twice]?.();
  expect(misnamed).toMatchObject({ violations: [expect.stringContaining("calls itself fake.other")] });
  const uncounted = await judged(
    () => ({}),
    () => ({ count: async () => ({}) }),
  )[twice]?.();
  expect(uncounted).toMatchObject({ violations: ["Nothing was counted.", "Nothing was counted."] });
});
