import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeInWith } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// An operator pauses, resumes, puts away and removes an instance by clicks, and sees what each does before and after.
const slug = "by-clicks";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let site: string;

beforeAll(async () => {
  cloud = await testCloud(["--light", "--site-port", "15800"]);
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
const toInstance = async () => {
  await page.goto(`${hub.url}/instances/${slug}`);
  await page.getByRole("heading", { name: `Client ${slug}` }).waitFor();
};
const fromMenu = async (act: string) => {
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${act}`) }).click();
  return page.getByRole("dialog");
};
const visit = async () => (await fetch(site)).status;

/** Calls the API with the session of the page. */
const api = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
  context.request.fetch(`${hub.url}${path}`, {
    method,
    headers: { origin: hub.url, ...headers },
    ...(body && { data: body }),
  });

test("an owner comes in, and an instance is made", async () => {
  await comeInWith(page, hub, { slug, name: `Client ${slug}` });
  await toInstance();
  await stateIs("live", 120_000);
  const shown = (await (await api("GET", `/api/instances/${slug}`)).json()) as { url: string };
  site = shown.url;
  expect(await visit()).toBe(200);
}, 150_000);

test("paused and resumed by clicks: the plan before, the run with its tasks, the state afterwards", async () => {
  await toInstance();
  const dialog = await fromMenu("Pause");
  await dialog.getByRole("list", { name: "What it would do" }).getByText("vercel.project").waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Pause" }).click();
  await page.waitForURL(/\/runs\//);
  await page.getByRole("heading", { name: `Pause of ${slug}` }).waitFor();
  await stateIs("succeeded");
  expect(await page.locator('li[data-step="site"]').getAttribute("data-state")).toBe("done");
  await page.getByRole("button", { name: /^site/ }).click();
  await page.getByText(`vercel.project ${slug}`).waitFor();
  expect(await visit()).toBe(503);

  await toInstance();
  await stateIs("paused");
  await page.getByText("Visitors read that it comes back").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "More" }).click();
  // What cannot be done now says why.
  await page.getByRole("menuitem", { name: /Pause.*It is paused/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("dialog").getByRole("list", { name: "What it would do" }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
  expect(await visit()).toBe(200);
  await toInstance();
  await stateIs("live");
}, 120_000);

test("a removal cools off: until when is shown, and cancelling it keeps everything", async () => {
  const settings = await api("GET", "/api/settings");
  const changed = await api(
    "PUT",
    "/api/settings",
    { ...((await settings.json()) as object), coolingOffHours: 24 },
    { "if-match": settings.headers().etag ?? "" },
  );
  expect(changed.status()).toBe(200);
  await toInstance();
  const dialog = await fromMenu("Destroy");
  await dialog.getByRole("list", { name: "What is removed" }).getByText("supabase.project").waitFor();
  const does = dialog.getByRole("button", { name: "Destroy it" });
  expect(await does.isDisabled()).toBe(true);
  await dialog.getByLabel(`Type ${slug} to go on`).fill(slug);
  await does.click();
  await page.waitForURL(/\/runs\//);
  await page.getByText(/It cools off for (1 d|24 h)/).waitFor();
  await toInstance();
  await stateIs("removing");
  await page.getByText("Nothing is removed before").waitFor();
  expect(await visit()).toBe(200);
  await page.getByRole("link", { name: "Cancel it on the run's page." }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog").getByText("the instance stays, just as it was").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the run" }).click();
  await stateIs("cancelled");
  await toInstance();
  await stateIs("live");
  expect(await visit()).toBe(200);
}, 120_000);

test("an archiving asks for a backup, then for the slug; the removal at once leaves a proof to keep", async () => {
  await toInstance();
  const archiving = await fromMenu("Archive");
  await archiving.getByText("what people enter after its last backup would be lost").waitFor();
  await archiving.getByLabel(`Type ${slug} to go on`).fill(slug);
  expect(await archiving.getByRole("button", { name: "Archive" }).isDisabled()).toBe(true);
  await archiving.getByLabel(/Go on without a verified backup/).check();
  await archiving.getByText("supabase.project").first().waitFor();
  await archiving.getByRole("button", { name: "Archive" }).click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
  await page.getByRole("table", { name: "What was seen" }).getByText("put away").waitFor();
  await toInstance();
  await page.getByText("It was archived.", { exact: true }).waitFor();

  const removing = await fromMenu("Destroy");
  await removing.getByLabel(/At once/).check();
  await removing.getByLabel(`Type ${slug} to go on`).fill(slug);
  await removing.getByRole("button", { name: "Destroy it" }).click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
  await page.getByRole("table", { name: "What was seen" }).getByText("github.repository").waitFor();
  await page.getByText("the slug stays reserved").waitFor();
  const [kept] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download as JSON" }).click(),
  ]);
  expect(kept.suggestedFilename()).toMatch(/^proof-.+\.json$/);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
}, 120_000);
