import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fits, openBrowser, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeInWith } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// The warm pool as an owner meets it: kept full by the hub itself, taken from by an approval, drained.
const slug = "warm-island";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--no-rate-limits", "--site-port", "17300"]);
  hub = await startHubProcess(cloud.home, { ATOLL_PROBE_EVERY_SECONDS: "0" });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
  await comeInWith(page, hub, { slug, name: "Warm Island" });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

test("an owner wants two in a region; the hub makes them, says what they cost, and removes them when drained", async () => {
  await page.goto(`${hub.url}/pool`);
  await page.getByText("Every project is made when an instance wants it.").waitFor();
  await page.getByLabel("Another region").fill("eu-nowhere-1");
  await page.getByRole("button", { name: "Keep ready" }).click();
  await page.getByText('Supabase offers no region "eu-nowhere-1" now.').waitFor();
  complaints.length = 0; // the browser tells of the refusal, too
  await page.getByLabel("Another region").fill("eu-west-1");
  await page.getByLabel("Kept ready", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Keep ready" }).click();
  const region = page.getByRole("list", { name: "Regions" }).getByRole("listitem");
  await region.filter({ hasText: "2 ready, 0 being made" }).waitFor({ timeout: 90_000 });
  await page.getByText("$20.00").first().waitFor();
  await fits(page);
  await page.goto(`${hub.url}/usage`);
  await page.getByText("2 projects stand in the").waitFor();
  await page.goto(`${hub.url}/pool`);
  await page.getByRole("button", { name: "Drain" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drain" }).click();
  await page.getByText("Every project is made when an instance wants it.").waitFor({ timeout: 90_000 });
  expect(complaints).toEqual([]);
}, 300_000);
