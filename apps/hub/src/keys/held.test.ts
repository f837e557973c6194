import { randomBytes } from "node:crypto";
import { keyId } from "@atoll/archive/seal";
import { testDatabase } from "@atoll/postgres/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLater } from "../store/later.ts";
import type { Store } from "../store/store.ts";
import { heldKeys, holdKeys, keepHolding } from "./held.ts";

let later: ReturnType<typeof openLater>;
let store: Store;
beforeAll(async () => {
  later = openLater(await testDatabase());
  store = await later.store();
});
afterAll(() => later?.close());

test("a process goes on saying that it seals with its key, also when others seal with one that it was not given", async () => {
  const [old, next] = [randomBytes(32), randomBytes(32)];
  await holdKeys(store, { key: old, olderKeys: [] });
  await holdKeys(store, { key: next, olderKeys: [old] });
  await sql`update atoll.hub_keys set last_held_at = now() - interval '1 hour'`.execute(store);
  const holding = keepHolding(later.store, { key: old, olderKeys: [] }, 20);
  try {
    const isInUse = async () => (await heldKeys(store)).find(({ id }) => id === keyId(old))?.inUse;
    await expect.poll(isInUse, { timeout: 5_000 }).toBe(true);
  } finally {
    holding.stop();
  }
});
