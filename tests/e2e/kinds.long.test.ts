import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { sizes, things } from "../support/things.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let cloud: TestCloud;
const atoll = atollIn(() => cloud.home);

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "14700"]);
});

afterAll(() => cloud.stop());

test.each(["business", "shop", "agency", "community"])(
  "%s: made from its example file, healthy, without drift, the same again, and gone without a trace",
  async (blueprint) => {
    const before = await things(cloud);
    const file = path.join(root, "instances", `example-${blueprint}.json`);
    const { slug } = JSON.parse(readFileSync(file, "utf8")) as { slug: string };
    const made = await atoll("new", "--from", file, "--yes");
    expect(made.out + made.err).toContain('"state": "succeeded"');
    const host = blueprint === "community" ? "netlify.sites" : "vercel.projects";
    expect(sizes(await things(cloud))[host]).toBe(1 + (sizes(before)[host] ?? 0));
    await cloud.clearLog();
    expect((await atoll("verify", slug)).json()).toMatchObject({ healthy: true, problems: [] });
    expect((await atoll("drift", slug)).json()).toMatchObject({ items: [] });
    expect((await atoll("up", slug)).json()).toMatchObject({ state: "succeeded" });
    expect(await cloud.log({ writes: true })).toEqual([]);
    expect((await atoll("destroy", slug, "--confirm", slug)).json()).toMatchObject({ state: "succeeded" });
    expect(await things(cloud)).toEqual(before);
  },
  120_000,
);
