import { expect, test } from "vitest";
import { fillingOf } from "./filling.ts";
import type { PoolRow } from "./rows.ts";

const region = "eu-central-1";
const dayMs = 86_400_000;
const settings = (count: number) => ({
  sizes: [{ environment: "production", region, count }],
  maxAgeDays: 7,
});

let number = 0;
const row = (state: PoolRow["state"], more: Partial<PoolRow> = {}): PoolRow => ({
  id: `row-${++number}`,
  environment: "production",
  region,
  instance_size: null,
  name: `atoll-pool-${number}`,
  state,
  ref: state === "making" ? null : `ref-${number}`,
  fault: null,
  failures: 0,
  slug: null,
  created_at: new Date(0),
  ready_at: null,
  claimed_at: null,
  begun_ms_ago: state === "making" ? null : 1_000,
  begun_key: state === "making" ? null : "1000",
  ready_ms_ago: state === "ready" ? 1_000 : null,
  is_due: true,
  ...more,
});

test("what is being made, ready or failed counts; what is claimed or thrown away does not", () => {
  const rows = [row("making"), row("ready"), row("failed"), row("claimed"), row("removing")];
  expect(fillingOf(rows, settings(5), "production").make).toEqual([region, region]);
  expect(fillingOf(rows, settings(3), "production").make).toEqual([]);
});

test("one that nobody claimed in time goes, and another one is made where one is wanted", () => {
  const old = row("ready", { ready_ms_ago: 8 * dayMs });
  expect(fillingOf([old], settings(1), "production")).toEqual({ make: [region], old: [old], surplus: [] });
  expect(fillingOf([old], settings(0), "production")).toEqual({ make: [], old: [old], surplus: [] });
});

test("fewer wanted: only what was not begun goes by itself", () => {
  const unbegun = row("making");
  const rows = [row("ready"), row("making", { begun_ms_ago: 5 }), unbegun];
  expect(fillingOf(rows, settings(1), "production")).toEqual({ make: [], old: [], surplus: [unbegun] });
});

test("sizes of another environment are none of this one's", () => {
  expect(fillingOf([], settings(2), "staging").make).toEqual([]);
});
