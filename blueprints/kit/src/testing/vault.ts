import { describe, expect, test } from "vitest";

type Row = Record<string, unknown>;
type By<Who extends string> = (who: Who, sql: string, parameters?: unknown[]) => Promise<Row[]>;

/** Who there is in a kind of application: one admin, those signed in who are none, and the two without a person. */
interface Cast<Who extends string> {
  admin: Who;
  /** Roles below admin, people without a role, an admin who still has the mailed password. */
  others: readonly Who[];
  anon: Who;
  service: Who;
}

const canary = "canary-of-the-vault";
const denied = "permission denied";

/** The vault's rights, tried by everybody: the same in every kind of application. */
export function vaultRights<Who extends string>(by: By<Who>, { admin, others, anon, service }: Cast<Who>) {
  const people = [admin, ...others];
  const put = (who: Who, key: string, value: unknown, secret: boolean | null, type: string) =>
    by(who, "select public.vault_set($1, $2, $3, $4)", [key, JSON.stringify(value), secret, type]);
  const drop = (who: Who, key: string) => by(who, "select public.vault_remove($1) as done", [key]);

  describe("the vault's rights", () => {
    test("the admin sets, lists and removes; of a secret nothing is shown", async () => {
      await put(admin, "VAULT_TEST_SECRET", canary, null, "text");
      await put(admin, "VAULT_TEST_PUBLIC", "https://x.test", false, "url");
      const list = await by(admin, "select * from public.vault_list()");
      const of = (key: string) => list.find((each) => each.key === key);
      expect(of("VAULT_TEST_SECRET")).toMatchObject({ is_secret: true, value: null });
      expect(of("VAULT_TEST_PUBLIC")).toMatchObject({ is_secret: false, value: "https://x.test" });
      expect(JSON.stringify(list)).not.toContain(canary);
      expect(list.filter(({ key }) => String(key).startsWith("ATOLL_"))).toEqual([]);
      await put(admin, "VAULT_TEST_GONE", 1, false, "number");
      expect(await drop(admin, "VAULT_TEST_GONE")).toEqual([{ done: true }]);
      expect(await drop(admin, "ATOLL_INSTANCE_ID")).toEqual([{ done: false }]);
    });

    test("nobody else does", async () => {
      for (const who of others) {
        expect(await by(who, "select * from public.vault_list()"), who).toEqual([]);
        await expect(put(who, "VAULT_TEST_PUBLIC", "x", false, "text"), who).rejects.toThrow(
          "Only the admin",
        );
        await expect(drop(who, "VAULT_TEST_PUBLIC"), who).rejects.toThrow("Only the admin");
      }
      for (const who of [anon, service]) {
        await expect(by(who, "select * from public.vault_list()"), who).rejects.toThrow(denied);
        await expect(put(who, "VAULT_TEST_PUBLIC", "x", false, "text"), who).rejects.toThrow(denied);
        await expect(drop(who, "VAULT_TEST_PUBLIC"), who).rejects.toThrow(denied);
      }
    });

    test("everybody reads public keys, and the service role the secret ones; only it writes the table", async () => {
      const keys =
        "select key, value, value_type from public.instance_config where key like 'VAULT\\_TEST\\_%'";
      for (const who of [anon, ...people]) {
        expect(await by(who, keys), who).toEqual([
          { key: "VAULT_TEST_PUBLIC", value: "https://x.test", value_type: "url" },
        ]);
        const ours = "select key from public.instance_config where key like 'ATOLL\\_%'";
        expect(await by(who, ours), who).toEqual([]);
        for (const sql of [
          "select updated_by from public.instance_config",
          "update public.instance_config set value = '1'",
          "insert into public.instance_config (key, value) values ('VAULT_TEST_X', '1')",
          "delete from public.instance_config",
        ])
          await expect(by(who, sql), `${who}: ${sql}`).rejects.toThrow(denied);
      }
      expect(await by(service, keys)).toHaveLength(2);
      const change =
        "update public.instance_config set value = to_jsonb($1::text) where key = $2 returning updated_by";
      expect(await by(service, change, [`${canary}-2`, "VAULT_TEST_SECRET"])).toEqual([
        { updated_by: "service_role" },
      ]);
    });

    test("the log is the admin's to read, holds no secret, and is written by nobody", async () => {
      const log = "select * from public.instance_config_log";
      const told = JSON.stringify(await by(admin, log));
      expect(told).toContain("VAULT_TEST_SECRET");
      expect(told).not.toContain(canary);
      for (const who of others) expect(await by(who, log), who).toEqual([]);
      await expect(by(anon, log)).rejects.toThrow(denied);
      for (const who of [anon, service, ...people])
        for (const sql of [
          "delete from public.instance_config_log",
          "update public.instance_config_log set changed_by = 'x'",
          "insert into public.instance_config_log (key, act, is_secret, changed_by) values ('X', 'added', false, 'x')",
        ])
          await expect(by(who, sql), `${who}: ${sql}`).rejects.toThrow(denied);
    });

    test("the hub's own functions are nobody's", async () => {
      for (const who of [anon, service, ...people])
        for (const sql of [
          "select atoll.vault_look('x', '{}')",
          "select atoll.vault_put('x', 'X', '1', 'json', false, null, 'x', '{}')",
          "select atoll.vault_drop('x', 'X', null, 'x')",
          "select atoll.value_mac('1', '{}')",
        ])
          await expect(by(who, sql), `${who}: ${sql}`).rejects.toThrow(denied);
    });

    test.each([
      ["url", "javascript:alert(1)"],
      ["email", "nobody"],
      ["number", "7"],
      ["boolean", "true"],
      ["text", 7],
      ["coordinates", { latitude: 1 }],
      ["casino", "x"],
    ])("a value has its type: %s is not %j", async (type, value) => {
      const refused = put(admin, "VAULT_TEST_TYPED", value, true, type).catch((error: Error) => error);
      const error = await refused;
      expect(error).toMatchObject({ message: expect.stringContaining("does not take this value") });
      if (value !== "x")
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("Failing row");
    });

    test("its keys can be taken away again", async () => {
      for (const key of ["VAULT_TEST_SECRET", "VAULT_TEST_PUBLIC"])
        expect(await drop(admin, key)).toEqual([{ done: true }]);
    });
  });
}
