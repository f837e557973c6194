import type { Origin } from "@atoll/blueprint-kit/origin";
import type { Office } from "@atoll/engine/runtime";
import { describe, expect, test } from "vitest";
import type { Candidate } from "./gather.ts";
import { judge } from "./judge.ts";

const id = "aaaaaaaaaaaaaaaaaaaa";
const origin = (more: Partial<Origin> = {}): Origin => ({
  id,
  slug: "toko-a",
  blueprint: "shop",
  environment: "local",
  answers: {},
  chosen: { hub: "ours" },
  kinds: {},
  ...more,
});
const candidate = (more: Partial<Candidate> = {}, ...said: Partial<Origin>[]): Candidate => ({
  id,
  witnesses: (said.length === 0 ? [{}] : said).map((each, at) => ({
    where: `place ${at}`,
    origin: origin(each),
  })),
  project: "ref",
  others: [],
  version: 3,
  createdAt: undefined,
  ...more,
});

interface World {
  known?: [string, string][];
  all?: Candidate[];
  take?: boolean;
}

/** Judged by a hub without a single blueprint: whatever is not refused before is refused for that. */
async function judged(one: Candidate, { known = [], all = [one], take = false }: World = {}) {
  const office = { environment: "local", blueprints: new Map() } as unknown as Office; // nothing else is read before
  const registry = {
    byId: new Set(known.map(([at]) => at)),
    bySlug: new Map(known.map(([at, slug]) => [slug, at])),
  };
  const { line } = await judge({ office, registry, hubs: ["ours", "older"], take }, one, all);
  return line;
}
const passes = { is: "conflict", why: 'There is no blueprint "shop".' };

describe("an instance whose marks stand at the providers", () => {
  test("is known where the registry has it, whatever it says of itself", async () => {
    expect(await judged(candidate({}, { slug: "other" }), { known: [[id, "toko-a"]] })).toMatchObject({
      is: "known",
    });
  });

  test("of this hub, under its present key or an older one, is looked for", async () => {
    for (const hub of ["ours", "older"])
      expect(await judged(candidate({}, { chosen: { hub } }))).toMatchObject(passes);
    expect(await judged(candidate({}, { chosen: {} }))).toMatchObject(passes);
  });

  test("of another hub is taken over only when that is said", async () => {
    const theirs = candidate({}, { chosen: { hub: "theirs" } });
    expect(await judged(theirs)).toMatchObject({
      is: "conflict",
      hub: "theirs",
      why: expect.stringMatching(/Another hub/),
    });
    expect(await judged(theirs, { take: true })).toMatchObject(passes);
  });

  test.each<[string, Candidate, World, RegExp]>([
    ["says nothing", candidate({ witnesses: [] }), {}, /nothing says/],
    ["has a slug that cannot be", candidate({}, { slug: "api" }), {}, /reserved/],
    ["is said to be two", candidate({}, {}, { slug: "toko-b" }), {}, /place 1 says "toko-b"/],
    ["is claimed by two projects", candidate({ others: ["ref2"] }), {}, /Several projects/],
    ["has a slug of the registry's", candidate(), { known: [["bbbb", "toko-a"]] }, /belongs to another/],
    ["is of another environment", candidate({}, { environment: "staging" }), {}, /"staging"/],
    ["has a rival", candidate(), { all: [candidate(), candidate({ id: "bbbb" })] }, /Another instance says/],
  ])("is a conflict when it %s", async (_, one, world, why) => {
    const line = await judged(one, world);
    expect(line).toMatchObject({ is: "conflict", why: expect.stringMatching(why) });
    expect(line.next).toBeTruthy();
  });
});
