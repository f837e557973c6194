import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { sizes, things } from "../support/things.ts";

let cloud: TestCloud;
const atoll = atollIn(() => cloud.home);

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "14700"]);
});

afterAll(() => cloud.stop());

test.each([
  ["shop", { name: "Toko Sinar", currency: "IDR" }],
  ["agency", { name: "Studio Nord" }],
  [
    "community",
    {
      name: "Ville de Saint-Ouen",
      city: "Saint-Ouen",
      mapCenter: "48.9117, 2.3342",
      communityType: "municipality",
    },
  ],
] as const)(
  "%s: made from a file of answers, healthy, without drift, and gone without a trace",
  async (blueprint, answers) => {
    const before = await things(cloud);
    const slug = `a-${blueprint}`;
    const file = path.join(cloud.home, `${blueprint}.json`);
    writeFileSync(file, JSON.stringify({ ...answers, slug, adminEmail: `owner@${slug}.example` }));
    const up = await atoll("up", "--blueprint", blueprint, "--file", file);
    expect(up.out + up.err).toContain('"state": "succeeded"');
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
