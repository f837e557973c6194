import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { atollAtTerminal, keys, type Terminal } from "../support/terminal.ts";
import { things } from "../support/things.ts";

let cloud: TestCloud;
let open: Terminal[] = [];
let env: NodeJS.ProcessEnv = {};
const atoll = atollIn(
  () => cloud.home,
  () => env,
);
const { enter, down, space, ctrlC } = keys;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "14800"]);
});

afterEach(() => {
  for (const terminal of open) terminal.hangUp();
  open = [];
});
afterAll(() => cloud.stop());

/** `atoll` at a terminal that is gone after the test. */
function terminalOf(...args: string[]): Terminal {
  const terminal = atollAtTerminal(cloud.home, args);
  open.push(terminal);
  return terminal;
}

test("a person at a terminal is asked, corrected, shown the plan with its cost, and gets a live instance", async () => {
  const before = await things(cloud);
  const saved = path.join(cloud.home, "saint-ouen.json");
  const terminal = terminalOf("new", "--save", saved);
  await terminal.answers("What kind of application?", down + down + down + enter);
  await terminal.answers("Type of community", enter);
  await terminal.answers("Name of the community", `../../etc${enter}`);
  await terminal.answers("reads like a path", `${"\b".repeat(9)}Ville de Saint-Ouen${enter}`);
  await terminal.answers("Town or place", `Saint-Ouen${enter}`);
  await terminal.answers("Centre of the map", `north of Paris${enter}`);
  await terminal.answers(
    "no point on the map",
    `${"\b".repeat(14)}https://www.openstreetmap.org/#map=15/48.9117/2.3342${enter}`,
  );
  // The slug is proposed from the name.
  await terminal.answers("Short name in the address", "");
  await terminal.answers("ville-de-saint-ouen", enter);
  await terminal.answers("Email of the first admin", `mairie${enter}`);
  await terminal.answers("no email address", `@saint-ouen.example${enter}`);
  await terminal.answers("Name of the first admin", enter);
  await terminal.answers("Contact address", enter);
  await terminal.answers("Name of the bot", enter);
  await terminal.answers("Visible to other communities", enter);
  await terminal.answers("Supabase project", enter);
  await terminal.answers("Bring a repository or a site", enter);
  await terminal.answers("Where the data is kept", enter);
  await terminal.answers("Modules", down + space + enter);
  await terminal.answers("Language", enter);
  await terminal.sees("48.9117");
  await terminal.sees(/Costs about \$\d+\.00 a month/);
  await cloud.clearLog();
  expect(await cloud.log({ writes: true })).toEqual([]);
  expect(await things(cloud)).toEqual(before);
  await terminal.answers("Create now?", enter);
  await terminal.sees("ville-de-saint-ouen is live at", 120_000);
  expect(await terminal.ended).toBe(0);

  const answers = JSON.parse(readFileSync(saved, "utf8"));
  expect(answers).toMatchObject({ blueprint: "community", slug: "ville-de-saint-ouen" });
  expect(answers.modules).not.toContain("announcements");
  expect((await atoll("verify", "ville-de-saint-ouen")).json()).toMatchObject({ healthy: true });

  // The same answers again: their slug is taken now.
  const again = await atoll("new", "--from", saved, "--yes");
  expect(again.code).toBe(2);
  expect(again.json()).toMatchObject({ error: { problems: [{ field: "slug" }] } });
  expect((await atoll("destroy", "ville-de-saint-ouen", "--confirm", "ville-de-saint-ouen")).code).toBe(0);
  expect(await things(cloud)).toEqual(before);
}, 240_000);

test("Ctrl-C leaves nothing behind, at whichever question", async () => {
  const before = await things(cloud);
  await cloud.clearLog();
  const first = terminalOf("new", "shop", "--locale", "id");
  await first.answers("Nama toko", `Toko Sinar${enter}`);
  await first.answers("toko-sinar", ctrlC);
  expect(await first.ended).toBe(130);
  expect(first.shown()).toContain("Tidak ada yang dibuat.");
  expect((await atoll("status", "toko-sinar")).code).toBe(2);
  expect(await cloud.log({ writes: true })).toEqual([]);
  expect(await things(cloud)).toEqual(before);
}, 120_000);

test("where nobody can be asked, a file is asked for; all that is wrong in it is named at once", async () => {
  await cloud.clearLog();
  expect((await atoll("new")).json()).toMatchObject({
    error: { field: "from", next: expect.stringContaining("--from") },
  });
  const file = path.join(cloud.home, "bad.json");
  writeFileSync(
    file,
    JSON.stringify({
      $schema: "./instance-schema.json",
      blueprint: "community",
      name: "line\nbreak",
      adminEmail: "nobody",
      region: "af-south-1",
      mapCenter: "here",
      casino: true,
    }),
  );
  const bad = await atoll("new", "--from", file, "--yes");
  expect(bad.code).toBe(2);
  const { error } = bad.json() as { error: { problems: { field: string; what: string }[] } };
  expect(error.problems.map(({ field }) => field).toSorted()).toEqual(
    ["name", "city", "mapCenter", "adminEmail", "region", "casino"].toSorted(),
  );
  expect(error.problems.find(({ field }) => field === "region")?.what).toContain("eu-west-3");
  expect(await cloud.log({ writes: true })).toEqual([]);
}, 120_000);

test.each(["business", "shop", "agency", "community"])(
  "the example of a %s is planned with its cost, and made when somebody says so",
  async (kind) => {
    const file = path.resolve("instances", `example-${kind}.json`);
    const plan = await atoll("new", "--from", file, "--plan-only");
    expect(plan.code).toBe(3);
    expect(plan.json()).toMatchObject({
      blueprint: kind,
      cost: { currency: "USD", monthly: expect.any(Number) },
    });
    if (kind !== "shop") return; // one of them is made here, all of them in kinds.long.test.ts
    expect((await atoll("new", "--from", file)).json()).toMatchObject({ error: { field: "yes" } });
    const folder = path.join(cloud.home, "files");
    const made = (await atoll("new", kind, "--from", file, "--yes", "--files", folder)).json();
    expect(made).toMatchObject({ slug: "toko-sinar", state: "succeeded" });
    expect(made.files).toContain(path.join(folder, "toko-sinar.json"));
    expect((await atoll("destroy", "toko-sinar", "--confirm", "toko-sinar")).code).toBe(0);
  },
  120_000,
);

test("a project of one's own: its keys are tried, its changes agreed to, and it stays", async () => {
  const { ref } = (await cloud.plant({ provider: "supabase", name: "our-own" })) as { ref: string }; // as the emulator answers
  const answer = await fetch(`${cloud.url}/supabase/v1/projects/${ref}/api-keys?reveal=true`, {
    headers: { authorization: `Bearer ${cloud.tokens.supabase}` },
  });
  const keys = (await answer.json()) as { type: string; api_key: string }[]; // as the emulator answers
  const keyOf = (type: string) => keys.find((each) => each.type === type)?.api_key ?? "";
  env = { BRING_OUR_KEY: keyOf("secret") };
  const file = path.join(cloud.home, "own.json");
  const supabase = {
    url: `${cloud.url}/supabase/projects/${ref}`,
    publishableKey: keyOf("publishable"),
    secretKey: { env: "BRING_OUR_KEY" },
  };
  const answers = {
    blueprint: "business",
    name: "Our Own",
    adminEmail: "a@our-own.example",
    modules: ["crm"],
  };
  const write = (bring: object) => writeFileSync(file, JSON.stringify({ ...answers, bring }));
  const before = await things(cloud);
  await cloud.clearLog();

  write({ supabase: { ...supabase, secretKey: "sb_secret_of_another_project" } });
  const wrong = await atoll("new", "--from", file, "--yes", "--adopt");
  expect(wrong.code).toBe(2);
  expect(wrong.json()).toMatchObject({ error: { field: "bring.supabase.secretKey" } });
  write({ supabase });
  const unasked = await atoll("new", "--from", file, "--yes");
  expect(unasked.json()).toMatchObject({
    error: { field: "bring.consent", what: expect.stringContaining("migrations") },
  });
  expect(await cloud.log({ writes: true })).toEqual([]);
  expect(await things(cloud)).toEqual(before);

  const made = await atoll("new", "--from", file, "--yes", "--adopt");
  expect(made.json()).toMatchObject({ state: "succeeded" });
  expect(made.out + made.err).not.toContain(env.BRING_OUR_KEY);
  expect((await atoll("plan", "our-own")).code).toBe(0);
  // New answers need not say again what was brought.
  expect((await atoll("up", "our-own", "--name", "Our Own Shop")).json()).toMatchObject({
    state: "succeeded",
  });
  const gone = (await atoll("destroy", "our-own", "--confirm", "our-own")).json() as {
    remains: { step: string; what: string }[];
  };
  expect(gone.remains.map(({ step }) => step)).toContain("schema");
  const left = (await things(cloud)) as { supabase: { projects: { ref: string }[] } }; // each emulator's own shape
  expect(left.supabase.projects.map((each) => each.ref)).toContain(ref);
}, 240_000);
