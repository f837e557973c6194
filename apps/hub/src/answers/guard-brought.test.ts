import type { Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import { expect, test } from "vitest";
import { guarded } from "./guard-brought.ts";

const real = "https://api.supabase.com";
const local = "http://127.0.0.1:4010/supabase";
const at = { instance: "i", name: "n" };

/** What a look at a project that is brought with these addresses says, and whether it was called. */
async function look(url: string, databaseUrl: string | undefined, apiUrl: string) {
  let calls = 0;
  const project = {
    observe: async () => {
      calls++;
      return { is: "absent" };
    },
  } as unknown as Resource<object, object>; // only its look is asked
  const given = {
    url,
    publishableKey: "sb_publishable_x",
    secretKey: new Secret("secret key", "sb_secret_x"),
    ...(databaseUrl && { databaseUrl: new Secret("database connection", databaseUrl) }),
  };
  const seen = await guarded(project, given, apiUrl)
    .observe(at)
    .catch((error: unknown) => error);
  return { calls, seen };
}

test("at real providers an address of an inner network is refused before it is called", async () => {
  for (const url of [
    "http://127.0.0.1:8000",
    "https://169.254.169.254",
    "https://10.0.0.7",
    "http://localhost:1",
  ])
    expect(await look(url, undefined, real)).toMatchObject({
      calls: 0,
      seen: { field: "bring.supabase.url" },
    });
  const inner = await look("https://8.8.8.8", "postgresql://u:geheim@0x7f.1:5432/postgres", real);
  expect(inner).toMatchObject({ calls: 0, seen: { field: "bring.supabase.databaseUrl" } });
  expect(String(inner.seen)).not.toContain("geheim");
  expect(await look("https://8.8.8.8", undefined, real)).toMatchObject({ calls: 1, seen: { is: "absent" } });
});

test("on the local cloud everything may be brought", async () => {
  expect(await look("http://127.0.0.1:8000", undefined, local)).toMatchObject({ calls: 1 });
});
