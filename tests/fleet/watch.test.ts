import { letters } from "@atoll/hub/mails/letters";
import { openFleet } from "@atoll/hub/schema/testing/fleet";
import {
  bareDatabases,
  enterInstances,
  giveLedgers,
  makeDatabases,
  slugOf,
} from "@atoll/hub/schema/testing/yard";
import { watchSchemas } from "@atoll/hub/services/schema-watch";
import { writeSettings } from "@atoll/hub/store/settings";
import { testDatabase } from "@atoll/postgres/testing";
import { expect, inject, test } from "vitest";
import { fleetKind } from "./kind.ts";

test("drift is told once, again when it is another one, and again when it comes back", async () => {
  const serverUrl = inject("postgresUrl");
  const hubUrl = await testDatabase();
  const yard = { serverUrl, hubUrl, kind: fleetKind, count: 2, prefix: "watch" };
  const databases = bareDatabases(serverUrl);
  await makeDatabases(yard);
  await giveLedgers(yard, fleetKind.migrations.slice(0, 1));
  await enterInstances(yard, 1);
  const { schemas, store: open, close } = await openFleet({ hubUrl, kind: fleetKind, databases });
  try {
    const store = await open();
    const settings = { confirmEmail: true, alertTo: ["ops@atoll.example"], costs: [] };
    await store.transaction().execute((tx) => writeSettings(tx, settings, 0));
    const look = watchSchemas({
      store,
      runtime: { schemas },
      letters,
      baseUrl: "http://hub.example",
      everyMs: 1,
    });
    const mails = async () => {
      await look();
      const rows = await store.selectFrom("outbox").select(["recipient", "subject", "body_text"]).execute();
      return rows;
    };
    const by = async (sql: string) => {
      const session = await databases.open(slugOf("watch", 1));
      await session.query(sql);
      await session.close();
    };
    expect(await mails()).toEqual([]);
    await by("alter table public.people disable row level security");
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      recipient: "ops@atoll.example",
      subject: expect.stringContaining(slugOf("watch", 1)),
    });
    expect(mail?.body_text).toContain("row security public.people");
    expect(await mails()).toHaveLength(1);
    await by("drop policy people_read on public.people");
    expect(await mails()).toHaveLength(2);
    await by(`alter table public.people enable row level security;
      create policy people_read on public.people for select to authenticated using (true)`);
    expect(await mails()).toHaveLength(2);
    await by("alter table public.people disable row level security");
    expect(await mails()).toHaveLength(3);
    const deeds = await store
      .selectFrom("audit")
      .select("action")
      .where("action", "=", "schema.drift")
      .execute();
    expect(deeds).toHaveLength(3);
  } finally {
    await close();
  }
}, 120_000);
