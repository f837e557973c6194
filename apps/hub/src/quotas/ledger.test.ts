// The governor through Postgres: two of them, each with its own connections, as two processes have them.
import { Held } from "@atoll/core/fault";
import { prepareDatabase } from "@atoll/engine/migrate";
import { testDatabase } from "@atoll/postgres/testing";
import { type Caller, onBehalfOf } from "@atoll/provider-kit/caller";
import type { PublishedLimits } from "@atoll/provider-kit/charges";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openLater } from "../store/later.ts";
import { openGovernor } from "./governor.ts";
import { postgresLedger, type SharedLedger } from "./postgres-ledger.ts";

let databaseUrl: string;
const open: (SharedLedger | { close(): void })[] = [];
let environments = 0;

beforeAll(async () => {
  databaseUrl = await testDatabase();
  await prepareDatabase(databaseUrl);
  const later = openLater(databaseUrl);
  await later.store();
  await later.close();
});
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

const limitOf = (limit: number, windowMs: number): PublishedLimits => ({
  charges: () => ({ charges: [{ bucket: "calls", of: "calls", limit, windowMs, told: true }] }),
  refusalStops: "account",
});
const call = { method: "POST", path: "/things" };

/** As many governors of one account as there are processes. */
function governors(count: number, patienceMs = 15_000) {
  const environment = `test-${environments++}`;
  return Array.from({ length: count }, (_, n) => {
    const process = `p${n}`;
    const ledger = postgresLedger({ databaseUrl, process, prepared: async () => {} });
    const governor = openGovernor({ ledger, process, environment, patienceMs });
    open.push(ledger, governor);
    return governor;
  });
}

const urgent = (instance: string): Caller => ({ instance, urgent: true, parks: true });
const ok = { status: 200, limited: false };

describe("a governor", () => {
  test("shares a limit between processes, so that no window has more calls than it allows", async () => {
    const windowMs = 500;
    const limits = limitOf(10, windowMs);
    const two = governors(2);
    const sentMs: number[] = [];
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const heard = await onBehalfOf(urgent(`i${n % 6}`), async () =>
          (two[n % 2] ?? expect.fail()).admit("Test", call, limits),
        );
        sentMs.push(performance.now());
        heard(ok);
      }),
    );
    const most = Math.max(
      ...sentMs.map((from) => sentMs.filter((at) => at >= from && at < from + windowMs).length),
    );
    expect(sentMs).toHaveLength(60);
    expect(most).toBeLessThanOrEqual(10);
  });

  test("gives each instance its turn, though one process has many calls of one", async () => {
    const limits = limitOf(4, 400);
    const [a, b] = governors(2);
    const order: string[] = [];
    const make = (at: typeof a, instance: string) =>
      onBehalfOf(urgent(instance), async () => {
        const heard = await at?.admit("Test", call, limits);
        order.push(instance);
        heard?.(ok);
      });
    const greedy = Array.from({ length: 24 }, () => make(a, "greedy"));
    await Promise.any(greedy); // the limit is used up now, and the rest waits
    const modest = Array.from({ length: 4 }, () => make(b, "modest"));
    await Promise.all([...greedy, ...modest]);
    // Without turns they would come last, behind all 24.
    expect(order.lastIndexOf("modest")).toBeLessThan(20);
  });

  test("stops every process at once when the provider refuses one of them", async () => {
    const limits = limitOf(1_000, 600_000);
    const [a, b] = governors(2, 100);
    const heard = await onBehalfOf(urgent("i"), async () => a?.admit("Test", call, limits));
    // The other one has permits kept for later: they are worth nothing any more.
    (await onBehalfOf(urgent("j"), async () => b?.admit("Test", call, limits)))?.(ok);
    heard?.({ status: 429, limited: true, waitMs: 30_000 });
    // Before the sixteen permits that it keeps are used.
    const often = { interval: 200, timeout: 2_500 };
    await expect
      .poll(async () => {
        try {
          (await onBehalfOf(urgent("j"), async () => b?.admit("Test", call, limits)))?.(ok);
          return "went";
        } catch (error) {
          return error instanceof Held ? "held" : error;
        }
      }, often)
      .toBe("held");
  });

  test("says what is waited for, and until when", async () => {
    const limits = limitOf(1, 60_000);
    const [a] = governors(1, 100);
    (await a?.admit("Test", call, limits))?.(ok);
    const held = await onBehalfOf(urgent("i"), async () => a?.admit("Test", call, limits)).catch(
      (error: unknown) => error,
    );
    expect(held).toBeInstanceOf(Held);
    expect((held as Held).why).toMatch(/^waits for Test's limit of calls, until \d\d:\d\d:\d\d$/); // checked above
  });

  test("lets nothing through after its worker lost what it did to another one", async () => {
    const [a] = governors(1);
    let asked = 0;
    const stillOurs = async () => {
      asked += 1;
      throw new Error("not ours any more");
    };
    const lost = onBehalfOf({ ...urgent("i"), stillOurs }, async () =>
      a?.admit("Test", call, limitOf(10, 1_000)),
    );
    await expect(lost).rejects.toThrow("not ours any more");
    expect(asked).toBe(1);
  });

  test("sends runs no further to a provider that answers nobody, and tries it now and then", async () => {
    const limits = limitOf(1_000, 60_000);
    const environment = `test-${environments++}`;
    const ledger = postgresLedger({ databaseUrl, process: "p", prepared: async () => {} });
    // Half a minute of silence is 30 ms here.
    const governor = openGovernor({ ledger, process: "p", environment, timeScale: 1_000 });
    open.push(ledger, governor);
    const other = limitOf(1_000, 60_000);
    const tryIt = (status: number) =>
      onBehalfOf(urgent("i"), async () => {
        const heard = await governor.admit("Silent", call, limits);
        heard({ status, limited: false });
        return "went";
      }).catch((error: unknown) => (error instanceof Held ? error.why : error));
    await expect
      .poll(() => tryIt(0), { interval: 5 })
      .toMatch(/^waits for Silent, which has answered nothing/);
    (await governor.admit("Other", call, other))(ok); // others go on
    await expect.poll(() => tryIt(200), { interval: 20 }).toBe("went");
    await expect
      .poll(async () => [await tryIt(200), await tryIt(200)], { interval: 20 })
      .toEqual(["went", "went"]);
  });
});
