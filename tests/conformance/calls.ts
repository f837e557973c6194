import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testCloud } from "../../packages/local-cloud/src/testing/cloud.ts";
import { type Exchange, openDescription } from "./description.ts";

/** What earlier answers told: ids, hashes, keys. */
export type Known = Record<string, string>;

// Answers of every shape; the table's functions look into them.
// biome-ignore lint/suspicious/noExplicitAny: JSON whose shape is what is tested
type Json = any;

type Headers = Record<string, string> | ((known: Known) => Record<string, string>);

/** One row of a provider's table. `{name}` in the path stands for what an earlier row kept. */
interface Call {
  /** "POST /repos/{owner}/{repo}?per_page=1" */
  call: string;
  body?: unknown | ((known: Known) => unknown);
  /** Beside the table's own, or in their place. */
  headers?: Headers;
  status?: number;
  /** What later rows need of the answer. */
  keep?: (body: Json) => Known;
  /** Asked again until it holds: some answers come late. */
  until?: (body: Json) => boolean;
}

/** A place where the description is not what the provider does, and why we follow the provider. */
interface Exception {
  /** The beginning of a difference's text, or a pattern in it. */
  difference: RegExp;
  reason: string;
}

interface Table {
  provider: string;
  /** File of the official description. */
  file: string;
  /** Address of the API below the local cloud's. */
  base: string | ((known: Known) => string);
  headers: Headers;
  /** Known beforehand. */
  known?: Known;
  /** What this provider's emulator is started with. */
  settings?: Parameters<typeof testCloud>[0];
  /** Makes what the calls need, through other calls. */
  before?: (cloud: TestCloud) => Promise<Known>;
  calls: Call[];
  exceptions: Exception[];
}

export type TestCloud = Awaited<ReturnType<typeof testCloud>>;

/** Differences that no exception names; notes which exceptions were needed. */
function unexpected(found: string[], exceptions: readonly Exception[], needed: Set<Exception>): string[] {
  return found.filter((difference) => {
    const known = exceptions.find((each) => each.difference.test(difference));
    if (known) needed.add(known);
    return known === undefined;
  });
}

/** One test for each row: the call as we send it and the emulator's answer, held against the description. */
export function holdAgainstDescription(table: Table): void {
  const description = openDescription(table.file);
  if (description === undefined) console.warn(`${table.provider}: skipped, ${table.file} is not here.`);

  describe.skipIf(description === undefined)(`${table.provider} against ${table.file}`, () => {
    const known: Known = { ...table.known };
    const needed = new Set<Exception>();
    let cloud: TestCloud;

    beforeAll(async () => {
      cloud = await testCloud(table.settings);
      Object.assign(known, await table.before?.(cloud));
    });
    afterAll(() => cloud?.close());

    async function send(row: Call): Promise<Exchange> {
      const [method = "", rest = ""] = row.call.split(" ");
      const at = rest.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = known[name];
        if (value === undefined) throw new Error(`No earlier row kept "${name}".`);
        return value;
      });
      const [path = "", query = ""] = at.split("?");
      const sent = typeof row.body === "function" ? row.body(known) : row.body;
      const base = typeof table.base === "function" ? table.base(known) : table.base;
      const headers = Object.assign(
        {},
        ...[table.headers, row.headers].map((each) => (typeof each === "function" ? each(known) : each)),
      );
      const { status, body } = await cloud.call(method, `${base}${at}`, sent, headers);
      return { method, path, query: new URLSearchParams(query), sent, status, answered: body };
    }

    test.each(table.calls.map((row) => ({ status: 200, ...row })))("$status $call", async (row) => {
      let exchange = await send(row);
      for (let looks = 0; row.until && !row.until(exchange.answered) && looks < 500; looks++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        exchange = await send(row);
      }
      if (row.until) expect(row.until(exchange.answered), "the awaited answer came").toBe(true);
      expect(exchange.status, JSON.stringify(exchange.answered)).toBe(row.status);
      Object.assign(known, row.keep?.(exchange.answered));
      const found = description?.differences(exchange) ?? [];
      expect(unexpected(found, table.exceptions, needed).join("\n")).toBe("");
    });

    test("every exception is still needed", () => {
      const idle = table.exceptions.filter((each) => !needed.has(each));
      expect(idle.map(({ reason }) => reason)).toEqual([]);
    });
  });
}
