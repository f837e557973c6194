import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import { describe, expect, it, test } from "vitest";
import { type Bring, carryBring, withBring } from "./bring.ts";
import { isClientConfig } from "./client-config.ts";

const questions = withBring({ parse: () => ({}), schema: () => ({}) });
const project = {
  url: "https://abcdefghijklmnopqrst.supabase.co",
  publishableKey: "sb_publishable_x",
  secretKey: "sb_secret_x",
};
const place = "postgresql://postgres:old-word@db.example.com:5432/postgres";

function faultOf(work: () => unknown): Fault | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  return undefined;
}

describe("a connection that is brought", () => {
  it.each(["canary#1", "canary?1", "canary%zz", "canary/1", "ca@nary"])(
    "with the password %s is refused with a hint and without its text",
    (password) => {
      const supabase = { ...project, databaseUrl: `postgresql://postgres:${password}@h:5432/postgres` };
      const fault = faultOf(() => questions.parse({ bring: { supabase } }));
      expect(fault?.problems).toEqual([
        { field: "bring.supabase.databaseUrl", what: expect.stringContaining("percent-encode the password") },
      ]);
      expect(JSON.stringify([fault, fault?.stack])).not.toContain("canary");
    },
  );

  it("is refused with a port that cannot be, like an address", () => {
    const fieldOf = (more: object) =>
      faultOf(() => questions.parse({ bring: { supabase: { ...project, ...more } } }))?.problems;
    expect(fieldOf({ databaseUrl: "postgresql://u:p@h:99999/d" })).toHaveLength(1);
    expect(fieldOf({ url: "https://abc.example:99999" })).toMatchObject([{ field: "bring.supabase.url" }]);
  });

  it("may get another password by an update, and nothing else", () => {
    const before: { bring: Bring } = {
      bring: {
        supabase: {
          ...project,
          secretKey: new Secret("secret key", "sb_secret_x"),
          databaseUrl: new Secret("database connection", place),
        },
      },
    };
    const fieldOf = (databaseUrl: string) =>
      faultOf(() => carryBring({ bring: { supabase: { databaseUrl } } }, before))?.field;
    expect(fieldOf(place.replace("old-word", "new-word").replace("db.", "DB."))).toBeUndefined();
    for (const other of [
      place.replace("db.", "db2."),
      place.replace("postgres:old", "somebody:old"),
      place.replace("5432/postgres", "5432/other"),
      place.replace("5432", "5433"),
    ])
      expect(fieldOf(other)).toBe("bring.supabase.databaseUrl");
  });
});

test("an address is the same in capital letters and with a slash", () => {
  const url = "https://ABCDEFGHIJKLMNOPQRST.Supabase.co/";
  const answers = questions.parse({ bring: { supabase: { ...project, url } } });
  expect(answers.bring?.supabase?.url).toBe(project.url);
  expect(faultOf(() => carryBring({ bring: { supabase: { url } } }, answers))).toBeUndefined();
});

test.each([
  [true, { blueprint: "shop", client: { id: "a", slug: "b", name: "c" }, modules: { crm: true } }],
  [
    true,
    { client: { id: "example", slug: "example", name: "Example Ltd" }, modules: { crm: true }, locale: "en" },
  ],
  [false, { client: "c", modules: {} }],
  [false, { theme: "dark" }],
  [false, []],
])("whether a client-config.json is ours: %s", (expected, content) => {
  expect(isClientConfig(JSON.stringify(content))).toBe(expected);
  expect(isClientConfig("no JSON")).toBe(false);
});
