import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fits, openBrowser, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeIn } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// Orphans as an owner meets them: listed, chosen, removed by typing how many; what cannot be proven only shown.
const nobody = "d1d1d1d1d1d1d1d1d1d1";
const alike = "client-toko-prod-a1b2c3d4e5f6";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await startHubProcess(cloud.home, { ATOLL_SWEEP_GRACE_MINUTES: "0" });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

test("an owner finds an orphan, types how many, and sees it gone; a look-alike is shown and stays", async () => {
  await cloud.plant({ provider: "supabase", name: alike });
  await cloud.plant({
    provider: "github",
    name: "client-toko",
    description: `Application of toko [atoll-${nobody}]`,
  });
  await comeIn(page, hub);
  complaints.length = 0; // asked who is signed in: nobody
  await page.getByRole("link", { name: "Orphans", exact: true }).click();
  const orphans = page.getByRole("list", { name: "Orphans", exact: true });
  await orphans.getByText("No instance of this id is in the registry.").waitFor();
  await page.getByRole("list", { name: "Not proven" }).getByText(alike).first().waitFor();
  await fits(page);

  await orphans.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  const sure = page.getByRole("dialog");
  expect(await sure.getByRole("button", { name: "Remove for good" }).isDisabled()).toBe(true);
  await sure.getByLabel("Type 1 to go on").fill("1");
  await sure.getByRole("button", { name: "Remove for good" }).click();
  await page.getByRole("list", { name: "Removals" }).getByText("removed", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Look again" }).click();
  await page.getByText("Everything that is provably ours has an owner.").waitFor();
  const seen = JSON.stringify(await cloud.inventory());
  expect(seen).toContain(alike);
  expect(seen).not.toContain('client-toko"');
  await fits(page);
  expect(complaints).toEqual([]);
}, 120_000);
