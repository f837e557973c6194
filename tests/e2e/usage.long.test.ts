import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fits, openBrowser, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeInWith } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// Usage as its people meet it: a client's numbers of this month, the report of all, its CSV and its prices.
const slug = "busy-island";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--no-rate-limits", "--site-port", "17200"]);
  hub = await startHubProcess(cloud.home, { ATOLL_PROBE_EVERY_SECONDS: "0" });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
  await comeInWith(page, hub, { slug, name: "Busy Island" });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

test("an instance is counted by a button, and shows its numbers and plots", async () => {
  await page.goto(`${hub.url}/instances/${slug}`);
  await page.getByText("live", { exact: true }).first().waitFor({ timeout: 90_000 });
  await page.goto(`${hub.url}/instances/${slug}?tab=usage`);
  await page.getByRole("button", { name: "Count now" }).click();
  await page.getByText("Counted.", { exact: true }).waitFor();
  await page.getByRole("img", { name: /^Requests, 30 days: last [1-9]/ }).waitFor();
  await page.getByRole("img", { name: /^Mails, 30 days: last 1, at most 1/ }).waitFor();
  await page.getByText("24 hours").click();
  await page.getByRole("img", { name: /^Size of the database, 24 hours: last \d+\.\d MB/ }).waitFor();
  await page.getByText("Requests as a table").click();
  await page
    .getByRole("region", { name: "Requests" })
    .getByRole("columnheader", { name: "Sign-in" })
    .waitFor();
  await fits(page);
}, 150_000);

test("a price that is set is in the report of the month, which is a CSV file, too", async () => {
  await page.goto(`${hub.url}/settings`);
  await page.getByRole("button", { name: "Another usage line" }).click();
  await page.getByLabel("Words, usage line 2").fill("Mails to clients");
  await page.getByLabel("Price, usage line 2").fill("3000");
  await page.getByLabel("Currency, usage line 2").fill("EUR");
  await page.getByLabel("provision", { exact: true }).fill("300");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  expect(await page.getByLabel("provision", { exact: true }).inputValue()).toBe("300");
  await page.goto(`${hub.url}/usage`);
  const row = page
    .getByRole("list", { name: "Report" })
    .getByRole("listitem")
    .filter({ hasText: "Busy Island" });
  await row.getByText("€3.00").waitFor();
  await fits(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^usage-20\d\d-\d\d\.csv$/);
  const csv = readFileSync(await download.path(), "utf8");
  expect(csv).toMatch(/^20\d\d-\d\d,busy-island,Busy Island,/m);
  await row.getByRole("link").click();
  await page.getByText("Mails to clients").waitFor();
  expect(complaints).toEqual([]);
}, 90_000);
