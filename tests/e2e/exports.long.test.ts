import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// Exporting and importing as an operator meets them: an archive is made and downloaded, and a fresh instance filled from it.
const viewports = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 740 } };
const folder = mkdtempSync(path.join(tmpdir(), "atoll-exports-e2e-"));
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await startHubProcess(cloud.home);
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: viewports.wide });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function provision(slug: string): Promise<void> {
  await page.evaluate(async (wanted) => {
    await fetch("/api/instances", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        blueprint: "business",
        answers: { name: wanted, slug: wanted, adminEmail: "owner@exports.example" },
      }),
    });
  }, slug);
  const stateOf = () =>
    page.evaluate(async (wanted) => (await (await fetch(`/api/instances/${wanted}`)).json()).state, slug);
  await expect.poll(stateOf, { timeout: 90_000 }).toBe("live");
}

test("an instance is exported, downloaded, and a fresh one filled from it; one in use is not", async () => {
  await page.goto(hub.welcome);
  await page.getByLabel("Name").fill("Ada Owner");
  await page.getByLabel("E-mail").fill("ada@atoll.example");
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/requests/);
  complaints.length = 0; // asked who is signed in: nobody
  await provision("full-one");
  await provision("fresh-one");

  await page.goto(`${hub.url}/instances/full-one?tab=exports`);
  await page.getByText("There is none.").waitFor();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("takes out everything").waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  await page.waitForURL(/\/runs\//);
  await page.locator("main h1 + *", { hasText: "succeeded" }).waitFor({ timeout: 60_000 });

  await page.goto(`${hub.url}/instances/full-one?tab=exports`);
  const list = page.getByRole("list", { name: "Exports" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    list.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^full-one-export-\d{4}-\d\d-\d\d\.tar$/);
  const tar = path.join(folder, "full-one.tar");
  await download.saveAs(tar);

  await page.goto(`${hub.url}/instances/fresh-one?tab=exports`);
  const send = async () => {
    await page.locator('input[type="file"]').setInputFiles(tar);
    await page.getByRole("button", { name: "Send it in" }).click();
  };
  await send();
  await page.getByText(/full-one, made/).waitFor();
  await page.getByText("reads every part of the archive").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.waitForURL(/\/runs\//);
  await page.locator("main h1 + *", { hasText: "succeeded" }).waitFor({ timeout: 60_000 });

  await page.setViewportSize(viewports.narrow);
  await page.goto(`${hub.url}/instances/full-one?tab=exports`);
  await list.getByRole("button", { name: "Remove" }).waitFor();
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  expect(overflow).toBeLessThanOrEqual(0);
  await list.getByRole("button", { name: "Remove" }).click();
  await page.getByText("There is none.").waitFor();
  expect(complaints).toEqual([]);
}, 240_000);
