import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";

// An invitation as its receiver has it: the application really built and served, the mail opened, the page in Chromium.
const ownPassword = "four happy goats sing";
let cloud: TestCloud;
let browser: Browser;
const atoll = atollIn(() => cloud.home);

beforeAll(async () => {
  cloud = await testCloud(["--latency", "instant", "--no-rate-limits", "--site-port", "14880"]);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

async function mailTo(email: string): Promise<string> {
  const list = await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(email)}`);
  const [newest] = (await list.json()) as { text: string }[]; // as the mailbox keeps them
  return newest?.text ?? "";
}

async function choosesPassword(page: Page): Promise<void> {
  await page.waitForURL(/\/change-password/);
  for (const field of await page.locator("input[type=password]").all()) await field.fill(ownPassword);
  await page.locator("form:has(input[type=password]) button").click();
  await page.waitForURL(/\/admin$/);
}

test("somebody who is invited comes in by the mail's link, and an admin sees them", async () => {
  const email = "budi@toko-people.example";
  const file = path.join(cloud.home, "toko-tim.json");
  const answers = { name: "Toko Tim", slug: "toko-tim", adminEmail: "owner@toko-tim.example", locale: "en" };
  writeFileSync(file, JSON.stringify({ blueprint: "shop", ...answers, currency: "IDR" }));
  const up = await atoll("new", "--from", file, "--yes");
  expect(up.code, up.err).toBe(0);
  const invited = await atoll("invite", "toko-tim", email, "--role", "staff", "--name", "Budi");
  expect(invited.code, invited.err).toBe(0);
  const list = (await atoll("team", "toko-tim")).json();
  expect(list).toMatchObject({ total: 2, roles: ["admin", "staff"] });
  expect(list.items).toContainEqual(expect.objectContaining({ email, state: "invited", role: "staff" }));

  const link = /https?:\/\/\S+#\S+/.exec(await mailTo(email))?.[0] ?? "";
  const context = await browser.newContext();
  const { page, complaints } = await watched(context);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(link);
  await page.waitForURL(/\/join$/);
  expect(await violations(page)).toEqual([]);
  // Opening the page spends nothing: a mail service that looks at links does not use it up.
  await page.getByRole("button", { name: "Come in" }).click();
  await choosesPassword(page);
  await page.getByRole("navigation").getByRole("link", { name: "Orders" }).waitFor();
  expect(await page.getByRole("link", { name: "Team", exact: true }).count()).toBe(0);
  const [, token = "nothing"] = /token_hash=([^&]+)/.exec(link) ?? [];
  expect(asked.filter((url) => url.includes(token))).toEqual([]);
  expect(complaints).toEqual([]);

  // A second time it opens nothing.
  const again = await (await browser.newContext()).newPage();
  await again.goto(link);
  await again.getByRole("button", { name: "Come in" }).click();
  await again.getByText("This link has run out").waitFor();

  // The owner, with their first password.
  const [password = ""] =
    /(?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4}/.exec(await mailTo("owner@toko-tim.example")) ?? [];
  const owner = await (await browser.newContext()).newPage();
  await owner.goto(`${new URL(link).origin}/sign-in`);
  await owner.locator("input[type=email]").fill("owner@toko-tim.example");
  await owner.locator("input[type=password]").fill(password);
  await owner.locator("form:has(input[type=password]) button").click();
  await choosesPassword(owner);
  await owner.getByRole("navigation").getByRole("link", { name: "Team", exact: true }).click();
  await owner.getByRole("heading", { level: 1, name: "Team" }).waitFor();
  await owner.getByRole("row", { name: /budi@toko-people\.example staff/ }).waitFor();
  expect(await violations(owner)).toEqual([]);

  const removed = await atoll("team", "remove", "toko-tim", email);
  expect(removed.code, removed.err).toBe(0);
  await page.reload();
  await page.waitForURL(/\/sign-in/);
  const last = await atoll("team", "role", "toko-tim", "owner@toko-tim.example", "staff");
  expect(last.code).toBe(2); // refused before a run is begun
  expect(JSON.stringify(last.json())).toContain("last admin");
}, 600_000);
