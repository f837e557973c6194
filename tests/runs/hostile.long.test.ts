import { Fault } from "@atoll/core/fault";
import { type TestHub, testHub } from "@atoll/hub/testing/hub";
import { testDatabase } from "@atoll/postgres/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

// What somebody types into any question of any kind of application: refused with its name, or only ever data.
const databaseUrl = await testDatabase();
let cloud: TestCloud;
let hub: TestHub;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await testHub(
    { ATOLL_HOME: cloud.home, DATABASE_URL: databaseUrl, PATH: process.env.PATH },
    { worker: true },
  );
}, 60_000);
afterAll(async () => {
  await hub?.stop();
  await cloud?.stop();
});

const hostile = {
  empty: "",
  blank: " \t ",
  long: "x".repeat(300),
  quotes: `O'Neill "& Söns" \`id\` \\' \\"`,
  lines: "one\nDROP=1\r\ntwo",
  nul: "one\u0000two",
  reversed: "abc\u202egpj.exe",
  emoji: "👩‍👩‍👧‍👦 Café 🦀",
  path: "../../etc/passwd",
  sql: "x'); drop table public.users; -- $$ $vault$ /*",
  html: "<script>alert(1)</script><img src=x onerror=alert(1)>",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: meant as it stands
  template: "{{name}} ${process.env.PATH} %s =cmd|' /C calc'!A0 $(id)",
  header: "x\r\nBcc: everybody@example.com",
  number: 7,
  list: ["a", ["b"]],
  object: { toString: "x", __proto__: { admin: true } },
  nothing: null,
} as const;

const needed: Record<string, Record<string, unknown>> = {
  business: {},
  shop: {},
  agency: {},
  community: { city: "Lyon", mapCenter: "45.76, 4.83" },
};
const kinds = Object.keys(needed);
const locales = ["en", "fr", "id"] as const;

const plain = (kind: string, locale: string) => ({
  name: "Toko A",
  slug: "toko-a",
  adminEmail: "owner@toko-a.example",
  locale,
  ...needed[kind],
});

function questionsOf(kind: string): string[] {
  const found = hub.runtime.blueprints().find(({ name }) => name === kind)?.questions;
  return Object.keys((found?.properties ?? {}) as object); // JSON Schema of an object
}

/** Undefined = accepted; otherwise the field that the refusal names. */
function refusedAt(kind: string, answers: Record<string, unknown>): string | undefined {
  try {
    hub.runtime.check(kind, answers);
    return undefined;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    expect(fault.kind).toBe("rejected");
    for (const mark of ["\n", "\r", "\u0000", "\u202e"])
      expect(`${fault.what}${fault.next}`.includes(mark)).toBe(false);
    return fault.field;
  }
}

describe.each(kinds)("%s", (kind) => {
  test("every question takes each hostile answer as data, or refuses it by name", () => {
    const names = questionsOf(kind);
    expect(names.length).toBeGreaterThan(5);
    for (const locale of locales)
      for (const name of names)
        for (const [what, value] of Object.entries(hostile)) {
          const field = refusedAt(kind, { ...plain(kind, locale), [name]: value });
          if (field !== undefined)
            expect(field, `${name}: ${what} (${locale})`).toMatch(new RegExp(`^${name}\\b`));
          else expect(typeof value, `${name}: ${what} (${locale})`).toBe("string");
        }
    expect(refusedAt(kind, { ...plain(kind, "en"), __atoll: "x" })).toBe("__atoll");
  });

  test.each(locales)(
    "in %s: what it takes stands in database, repository and mail as it was typed",
    async (locale) => {
      const before = await things(cloud);
      const slug = `${kind}-${locale}`;
      const texts = Object.entries(hostile).flatMap(([, value]) =>
        typeof value === "string" ? [value] : [],
      );
      const base = { ...plain(kind, locale), slug, adminEmail: `owner@${slug}.example` };
      const turn = locales.indexOf(locale);
      const taken = questionsOf(kind).flatMap((name, index) => {
        if (name === "slug" || name === "adminEmail" || name === "locale") return [];
        const fit = texts.filter((value) => refusedAt(kind, { ...base, [name]: value }) === undefined);
        return fit.length === 0 ? [] : [[name, fit[(index + turn) % fit.length] ?? ""] as const];
      });
      expect(taken.map(([name]) => name)).toEqual(expect.arrayContaining(["name", "adminName"]));
      const answers = { ...base, ...Object.fromEntries(taken) };
      const run = await hub.as("operator").call("createInstance", { body: { blueprint: kind, answers } });
      expect(await hub.runtime.journal.wait(run.id)).toMatchObject({ state: "succeeded" });

      const accepted = hub.runtime.check(kind, answers);
      const resources = await hub.runtime.journal.resources(slug);
      const named = (step: string) => resources.find((each) => each.step === step);
      const rows = async (query: string) => {
        const answer = await fetch(
          `${cloud.url}/supabase/v1/projects/${named("project")?.id}/database/query`,
          {
            method: "POST",
            headers: { authorization: `Bearer ${cloud.tokens.supabase}`, "content-type": "application/json" },
            body: JSON.stringify({ query }),
          },
        );
        return (await answer.json()) as Record<string, unknown>[];
      };
      const [kept] = await rows(
        "select value from public.instance_config where key in ('APP_NAME', 'COMMUNITY_NAME')",
      );
      expect(kept).toEqual({ value: accepted.name });
      expect(await rows("select count(*)::int as n from auth.users")).toEqual([{ n: 1 }]);

      const repository = named("repository")?.attrs as { fullName: string } | undefined; // as its adapter keeps them
      const file = await fetch(
        `${cloud.url}/github/repos/${repository?.fullName}/contents/client-config.json`,
        {
          headers: { authorization: `Bearer ${cloud.tokens.github}` },
        },
      );
      const { content } = (await file.json()) as { content: string };
      const config = JSON.parse(Buffer.from(content, "base64").toString()) as { client?: object };
      expect(Object.values(config.client ?? {})).toContain(accepted.name);

      const mails = (await (
        await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(base.adminEmail)}`)
      ).json()) as { to: string[]; subject: string; text: string; html: string }[];
      expect(mails.map(({ to }) => to)).toEqual([[base.adminEmail]]);
      expect(mails[0]?.subject).not.toMatch(/[\r\n]/);
      expect(mails[0]?.html).not.toMatch(/<script|<img src=x/i);

      const gone = await hub.as("operator").call("startRun", {
        params: { slug },
        body: { kind: "destroy", confirm: slug },
      });
      expect(await hub.runtime.journal.wait(gone.id)).toMatchObject({ state: "succeeded" });
      expect(await things(cloud)).toEqual(before);
    },
    120_000,
  );
});
