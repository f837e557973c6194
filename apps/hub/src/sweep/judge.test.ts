import type { OwnedThing } from "@atoll/provider-kit/owned";
import { describe, expect, test } from "vitest";
import { type Evidence, judge } from "./judge.ts";
import type { Registry } from "./registry.ts";

const live = "aaaaaaaaaaaaaaaaaaaa";
const removed = "bbbbbbbbbbbbbbbbbbbb";
const busy = "cccccccccccccccccccc";
const nobody = "dddddddddddddddddddd";
const suffix = "k3j9x2m5q8w1";

const owner = (id: string, more: object = {}) =>
  [id, { id, slug: `toko-${id[0]}`, state: "live", updatedAt: new Date(0), isBusy: false, ...more }] as const;

const registry = (more: Partial<Registry> = {}): Registry => ({
  owners: new Map([owner(live), owner(removed, { state: "removed" }), owner(busy, { isBusy: true })]),
  stepOf: (kind, id) =>
    kind === "github.repository" && id === "org/known" ? { instance: live, step: "repository" } : undefined,
  things: (instance, kind) =>
    instance === live && kind === "github.repository" ? [{ step: "repository", id: "org/known" }] : [],
  isBegun: () => false,
  hubs: [],
  recorded: (_, name) => (name === `client-toko-prod-${suffix}` ? removed : undefined),
  isPooled: (id) => id === "pooled",
  ...more,
});

const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  now: new Date("2026-11-30T12:00:00Z"),
  graceMs: 3_600_000,
  hubs: new Map(),
  ours: ["ours"],
  isWhole: true,
  ...more,
});

const thing = (more: Partial<OwnedThing>): OwnedThing => ({
  id: "org/stray",
  name: "org/stray",
  createdAt: new Date("2026-11-29T12:00:00Z"),
  ...more,
});

const repository = (more: Partial<OwnedThing>, ...of: [Partial<Registry>?, Partial<Evidence>?]) =>
  judge("github.repository", thing(more), registry(of[0]), evidence(of[1])).is;
const project = (more: Partial<OwnedThing>, ...of: [Partial<Registry>?, Partial<Evidence>?]) =>
  judge("supabase.project", thing({ id: "ref", ...more }), registry(of[0]), evidence(of[1])).is;

describe("a thing with our mark", () => {
  test("belongs to whom the registry gives it, whatever its mark says", () => {
    expect(repository({ id: "org/known", instance: live })).toBe("left");
    expect(repository({ id: "org/known", instance: nobody })).toBe("left");
    expect(repository({ id: "org/known" })).toBe("left");
  });

  test("is an orphan of nobody, of a removed instance, and beside the one that the registry knows", () => {
    expect(repository({ instance: nobody })).toBe("orphan");
    expect(repository({ instance: removed })).toBe("orphan");
    expect(repository({ instance: live })).toBe("orphan");
    expect(judge("n8n.workflow", thing({ instance: live }), registry(), evidence())).toMatchObject({
      is: "orphan",
      why: '"toko-a" is live and has no n8n.workflow.',
    });
  });

  test("is left alone while a run goes on, while it is young, and while nobody knows what became of its create", () => {
    expect(repository({ instance: busy })).toBe("busy");
    expect(repository({ instance: nobody, createdAt: new Date("2026-11-30T11:30:00Z") })).toBe("young");
    expect(repository({ instance: live }, { isBegun: () => true })).toBe("left");
  });

  test("is never ours to remove where a client may have brought it", () => {
    expect(repository({ instance: nobody, mayBeBrought: true })).toBe("unproven");
    expect(repository({ instance: removed, mayBeBrought: true })).toBe("unproven");
  });

  test("is not ours where another hub made it, or may have", () => {
    const hubs = new Map([[nobody, "theirs"]]);
    expect(repository({ instance: nobody }, {}, { hubs })).toBe("unproven");
    expect(repository({ instance: nobody }, {}, { hubs: new Map([["eeee", "theirs"]]) })).toBe("unproven");
    expect(repository({ instance: nobody }, {}, { isWhole: false })).toBe("unproven");
  });

  test("is not removed where this hub made it and its record is lost: it can be restored", () => {
    const hubs = new Map([[nobody, "ours"]]);
    expect(repository({ instance: nobody }, {}, { hubs })).toBe("unproven");
    expect(repository({ instance: nobody.slice(0, 18), isBeginning: true }, {}, { hubs })).toBe("unproven");
    expect(repository({ instance: nobody }, {}, { hubs: new Map([[removed, "ours"]]) })).toBe("orphan");
    expect(repository({ instance: removed }, {}, { hubs: new Map([[removed, "ours"]]) })).toBe("orphan");
  });

  test("whose mark is the beginning of an id belongs to the one instance that begins so", () => {
    const beginning = (id: string) => ({ instance: id.slice(0, 18), isBeginning: true as const });
    expect(repository(beginning(busy))).toBe("busy");
    expect(judge("n8n.workflow", thing(beginning(removed)), registry(), evidence())).toMatchObject({
      is: "orphan",
      slug: "toko-b",
    });
  });
});

describe("a project without a mark", () => {
  test("is ours where its name was recorded before it was made", () => {
    expect(project({ name: `client-toko-prod-${suffix}` })).toBe("orphan");
  });

  test("is only told where its name merely looks alike, and is nobody's business otherwise", () => {
    expect(project({ name: "client-toko-prod-a1b2c3d4e5f6" })).toBe("unproven");
    expect(project({ name: "client-toko-prod" })).toBe("left");
    expect(project({ name: "our-organisation" })).toBe("left");
    expect(project({ id: "pooled", name: "pool-a1b2c3d4e5f6" })).toBe("left");
  });

  test("whose database carries our mark under a name that we do not give may be a client's own", () => {
    expect(project({ name: "their project", instance: removed })).toBe("unproven");
    expect(project({ name: `any-${suffix}`, instance: removed })).toBe("orphan");
  });
});
