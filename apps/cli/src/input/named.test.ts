import { describe, expect, it } from "vitest";
import { withNamed } from "./named.ts";

const secret = { type: "string", writeOnly: true };
const schema = {
  properties: {
    name: { type: "string" },
    bring: { properties: { supabase: { properties: { url: { type: "string" }, secretKey: secret } } } },
    keys: { type: "array", items: { anyOf: [{ type: "null" }, secret] } },
  },
};
const env = { SUPABASE_MANAGEMENT_TOKEN: "sbp_the_operators", BRING_KEY: "sb_secret_theirs" };
const tried = (answers: Record<string, unknown>, of: unknown = schema) => {
  try {
    return withNamed(answers, of, env);
  } catch (error) {
    return error;
  }
};

describe("a variable that a file names", () => {
  it("is read into a secret field when it begins with BRING_", () => {
    const bring = { supabase: { url: "https://x.example", secretKey: { env: "BRING_KEY" } } };
    expect(withNamed({ name: "Toko", bring, keys: [{ env: "BRING_KEY" }] }, schema, env)).toEqual({
      name: "Toko",
      bring: { supabase: { url: "https://x.example", secretKey: "sb_secret_theirs" } },
      keys: ["sb_secret_theirs"],
    });
  });

  it("is read into no other field", () => {
    expect(tried({ name: { env: "BRING_KEY" } })).toMatchObject({ field: "name" });
    expect(tried({ bring: { supabase: { url: { env: "BRING_KEY" } } } })).toMatchObject({
      field: "bring.supabase.url",
    });
    expect(tried({ unheard: [{ of: { env: "BRING_KEY" } }] })).toMatchObject({ field: "unheard.0.of" });
    expect(tried({ bring: { supabase: { secretKey: { env: "BRING_KEY" } } } }, {})).toMatchObject({
      field: "bring.supabase.secretKey",
    });
  });

  it("is never one of the operator's own", () => {
    for (const name of ["SUPABASE_MANAGEMENT_TOKEN", "BRING_", "X_BRING_KEY", "bring_key"])
      expect(tried({ bring: { supabase: { secretKey: { env: name } } } })).toMatchObject({
        kind: "rejected",
        field: "bring.supabase.secretKey",
      });
  });

  it("is missed by its name when it is not set", () => {
    expect(tried({ bring: { supabase: { secretKey: { env: "BRING_OTHER" } } } })).toMatchObject({
      what: expect.stringContaining("BRING_OTHER"),
      field: "bring.supabase.secretKey",
    });
  });
});
