import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { fits, openBrowser, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeInWith } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// Health as its people meet it: an instance that goes down, is looked after, and comes back.
const slug = "calm-island";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--no-rate-limits", "--site-port", "16300"]);
  hub = await startHubProcess(cloud.home, {
    ATOLL_PROBE_EVERY_SECONDS: "1",
    ATOLL_PROBE_PROVIDERS_EVERY_SECONDS: "2",
  });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
  await comeInWith(page, hub, { slug, name: "Calm Island" });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

/** Halts or resumes the site at its host, behind the hub's back. */
async function site(act: "pause" | "unpause"): Promise<void> {
  const headers = { authorization: `Bearer ${cloud.tokens.vercel}`, "content-type": "application/json" };
  const list = await fetch(`${cloud.url}/vercel/v9/projects?teamId=team_atoll`, { headers });
  const { projects } = (await list.json()) as { projects: { id: string }[] }; // as Vercel describes it
  for (const { id } of projects)
    await fetch(`${cloud.url}/vercel/v1/projects/${id}/${act}?teamId=team_atoll`, {
      method: "POST",
      headers,
      body: "{}",
    });
}

test("an instance that is well shows what was looked at, with plots and their numbers", async () => {
  await page.goto(`${hub.url}/instances/${slug}?tab=health`);
  await page.getByRole("img", { name: /^Page, 24 hours: 100 % good/ }).waitFor({ timeout: 90_000 });
  await page.getByRole("img", { name: /^Data API, 24 hours: half of the newest/ }).waitFor();
  await page.getByText("Page: uptime as a table").click();
  await page
    .getByRole("region", { name: "Page: uptime" })
    .getByRole("columnheader", { name: "Looks" })
    .waitFor();
  await fits(page);
}, 150_000);

test("one that goes down is an incident, which somebody looks after, and which ends by itself", async () => {
  await page.goto(`${hub.url}/monitoring`);
  await page.getByText("Nothing is wrong.").waitFor();
  await site("pause");
  const open = page.getByRole("list", { name: "Open incidents" });
  await open.getByText("Application down").waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "I look after it" }).click();
  await open.getByText("ada@atoll.example looks after it").waitFor();
  await fits(page);
  const command = await atollIn(() => cloud.home)("health", slug);
  expect(command.code).toBe(3);
  expect(JSON.stringify(command.json())).toContain("The application does not answer");
  await site("unpause");
  await page
    .getByRole("list", { name: "Past incidents" })
    .getByText("It answers as it should again.")
    .waitFor({ timeout: 90_000 });
  await page.getByText("Nothing is wrong.").waitFor();
}, 180_000);

test("a webhook is added, its secret shown once, and tried", async () => {
  await page.goto(`${hub.url}/settings`);
  await page.getByLabel("Who is told").fill("Nobody there");
  await page.getByLabel("Address", { exact: true }).fill("http://127.0.0.1:9/alerts");
  await page.getByRole("button", { name: "Add", exact: true }).last().click();
  await page.getByText(/^whsec_/).waitFor();
  await page.getByRole("button", { name: "I have it" }).click();
  expect(await page.getByText(/whsec_/).count()).toBe(0);
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await page.getByText("The receiver does not answer.").first().waitFor();
  await fits(page);
  expect(complaints).toEqual([]);
}, 90_000);
