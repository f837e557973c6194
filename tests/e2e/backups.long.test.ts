import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// An operator backs an instance up, restores it, and makes a new one of the backup, by clicks.
const owner = { name: "Ada Owner", email: "ada@atoll.example", password: "correct horse battery" };
const slug = "saved-by-clicks";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--site-port", "15830"]);
  hub = await startHubProcess(cloud.home);
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(15_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

const stateIs = (state: string, timeout = 60_000) =>
  page.locator("main h1 + *", { hasText: state }).waitFor({ timeout });
const toBackups = () => page.goto(`${hub.url}/instances/${slug}?tab=backups`);

test("an instance is backed up, and the backup was restored for a trial", async () => {
  await page.goto(hub.welcome);
  await page.getByLabel("Name").fill(owner.name);
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByRole("textbox", { name: "Password" }).fill(owner.password);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/requests/);
  const answers = { name: `Client ${slug}`, slug, adminEmail: `owner@${slug}.example` };
  const made = await context.request.post(`${hub.url}/api/instances`, {
    headers: { origin: hub.url },
    data: { blueprint: "business", answers },
  });
  expect(made.status()).toBe(202);
  await toBackups();
  await stateIs("live", 120_000);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Back up now" }).click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
  expect(await page.locator('li[data-step="drill"]').getAttribute("data-state")).toBe("done");
  await toBackups();
  await page.getByRole("list", { name: "Backups" }).getByText("restored for a trial").waitFor();
  expect(await violations(page)).toEqual([]);
}, 200_000);

test("a restore shows what it does, asks for the slug, and is done", async () => {
  await toBackups();
  await page.getByRole("button", { name: "Restore", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("restore.rows").waitFor();
  expect(await dialog.getByRole("button", { name: "Restore" }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel(`Type ${slug} to go on`).fill(slug);
  await dialog.getByRole("button", { name: "Restore" }).click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
}, 100_000);

test("the provider takes the project back to one of its own backups", async () => {
  const { supabase } = (await cloud.inventory()) as {
    supabase: { projects: { ref: string; name: string }[] };
  }; // as its emulator shows it
  const ref = supabase.projects.find(({ name }) => name.includes(slug))?.ref;
  await cloud.plant({ provider: "supabase", backup: ref });
  await toBackups();
  const list = page.getByRole("list", { name: "Backups at the provider" });
  await list.getByRole("button", { name: "Restore" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("restore.project").waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel(`Type ${slug} to go on`).fill(slug);
  await dialog.getByRole("button", { name: "Restore" }).click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
  expect(await page.locator('li[data-step="project"]').getAttribute("data-state")).toBe("done");
}, 100_000);

test("a backup is removed for good by its slug, the others stay", async () => {
  await toBackups();
  const list = page.getByRole("list", { name: "Backups", exact: true });
  await list.getByText("restored for a trial").first().waitFor();
  const before = await list.getByRole("listitem").count();
  expect(before).toBeGreaterThan(1);
  await list.getByRole("button", { name: "Remove" }).last().click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Remove" }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel(`Type ${slug} to go on`).fill(slug);
  await dialog.getByRole("button", { name: "Remove" }).click();
  await page.getByText("The backup is removed.").waitFor();
  await expect.poll(() => list.getByRole("listitem").count()).toBe(before - 1);
}, 60_000);

test("how long backups are kept is set by fields that hold their bounds", async () => {
  await page.goto(`${hub.url}/settings`);
  const days = page.getByLabel("Days", { exact: true });
  await days.fill("3");
  await page.getByLabel("Weeks", { exact: true }).fill("2");
  const months = page.getByLabel("Months", { exact: true });
  await months.fill("99");
  await months.press("End");
  await months.press("9");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await days.waitFor();
  expect(await days.inputValue()).toBe("3");
  expect(await page.getByLabel("Weeks", { exact: true }).inputValue()).toBe("2");
  // 999 are more months than anybody keeps: the third digit was not taken.
  expect(await months.inputValue()).toBe("99");
  expect(await violations(page)).toEqual([]);
}, 60_000);

test("a new instance is made of a backup, and shows in the fleet's list", async () => {
  await page.goto(`${hub.url}/backups`);
  await page.getByRole("button", { name: "As a new one" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Slug of the new instance").fill(slug);
  await dialog.getByRole("button", { name: "Make it" }).click();
  await dialog.getByText("is taken").waitFor();
  await dialog.getByLabel("Slug of the new instance").fill("made-by-clicks");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const list = page.getByRole("list", { name: "New instances of backups" });
  await list.getByText("done", { exact: true }).waitFor({ timeout: 120_000 });
  expect(await violations(page)).toEqual([]);
  await list.getByRole("link", { name: "made-by-clicks" }).click();
  await stateIs("live");
  // The browser tells of the refusal, which was wanted.
  expect(complaints.filter((each) => !each.includes("422"))).toEqual([]);
}, 180_000);
