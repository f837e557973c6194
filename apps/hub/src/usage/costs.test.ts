import type { UsageLine } from "@atoll/contract/schemas/usage";
import { describe, expect, test } from "vitest";
import { costsOf, sumOfCosts } from "./costs.ts";
import { cell, csvOf } from "./csv.ts";

const project = { kind: "supabase.project", label: "Compute", monthly: 10, currency: "USD" };
const gigabytes = {
  per: "database-gb",
  label: "Database",
  price: 0.5,
  included: 1,
  currency: "USD",
} as const;
const mails = { per: "mails-1000", label: "Mails", price: 2, included: 0, currency: "EUR" } as const;

describe("costs", () => {
  test("things cost for as long as they stood, what was used for what is above the included, by currency", () => {
    const costs = costsOf({
      counts: { databaseBytes: 5_000_000_000, mails: 1_500 },
      stood: [
        { kind: "supabase.project", count: 1, share: 0.5 },
        { kind: "github.repository", count: 1, share: 0.5 },
      ],
      present: 0.5,
      costs: [project],
      prices: [gigabytes, mails],
    });
    expect(costs).toEqual([
      { currency: "EUR", amount: 3, lines: [{ label: "Mails", quantity: 1.5, amount: 3 }] },
      {
        currency: "USD",
        amount: 6,
        lines: [
          { label: "Compute", quantity: 0.5, amount: 5 },
          { label: "Database", quantity: 2, amount: 1 },
        ],
      },
    ]);
    expect(sumOfCosts([costs, costs])).toEqual([
      { currency: "EUR", amount: 6 },
      { currency: "USD", amount: 12 },
    ]);
  });

  test("what nobody counted costs nothing", () => {
    expect(
      costsOf({ counts: {}, stood: [], present: 1, costs: [project], prices: [gigabytes, mails] }),
    ).toEqual([]);
  });
});

describe("CSV", () => {
  test.each([
    ['=HYPERLINK("https://evil.example","x")', `"'=HYPERLINK(""https://evil.example"",""x"")"`],
    ["+1+1", `"'+1+1"`],
    ["-2+3", `"'-2+3"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\t=1", `"'\t=1"`],
    ["\r=1", `"'\r=1"`],
    ["\u200b=1", `"'\u200b=1"`],
    ["＝1", `"'＝1"`],
    ["  |calc", `"'  |calc"`],
    ["Toko, A\nB", '"Toko, A\nB"'],
    ['say "hi"', '"say ""hi"""'],
    ["Café 100%", "Café 100%"],
  ])("%j stands as a text", (given, wanted) => {
    expect(cell(given)).toBe(wanted);
  });

  test("is a line an instance, with a column for each currency", () => {
    const line = (instance: string, more: Partial<UsageLine>): UsageLine => ({
      instance,
      name: instance,
      environment: "local",
      blueprint: "shop",
      state: "live",
      hours: 1,
      ofHours: 2,
      costs: [],
      ...more,
    });
    const usd = [{ currency: "USD", amount: 6, lines: [] }];
    const csv = csvOf("2026-11", [line("a", { name: "=A1", rest: 4, mails: 0, costs: usd }), line("b", {})]);
    const [heads, a, b, end] = csv.split("\r\n");
    expect(heads?.split(",").at(-1)).toBe("cost_USD");
    expect(a).toBe(`2026-11,a,"'=A1",local,shop,live,1,2,,4,,,,,,,0,,,,,6`);
    expect(b).toBe("2026-11,b,b,local,shop,live,1,2,,,,,,,,,,,,,,0");
    expect(end).toBe("");
  });
});
