import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, watched } from "../support/browser.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// `npm start` as it is, local cloud and all: what somebody sees who has just cloned the project.
const home = mkdtempSync(path.join(tmpdir(), "atoll-journey-"));
const client = { name: "Warung Sari", slug: "warung-sari", email: "sari@warung.example" };
let hub: HubProcess;
let browser: Browser;

beforeAll(async () => {
  // Through here the embedded Postgres's own user reaches its data, where the tests run as root.
  chmodSync(home, 0o711);
  hub = await startHubProcess(home);
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** A link out of the newest mail to the client that has these words in its subject. */
async function linkFromMail(page: Page, subject: RegExp, link: RegExp): Promise<string> {
  const mailbox = /mailbox\s+(http\S+)/.exec(hub.said())?.[1] ?? "";
  const mail = page.getByRole("link", { name: subject });
  await expect
    .poll(
      async () => {
        await page.goto(`${mailbox}?search=${encodeURIComponent(client.email)}`);
        return mail.count();
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(0);
  await mail.first().click();
  const words = (await page.frameLocator("iframe[title='The mail']").locator("html").innerHTML()) ?? "";
  return (link.exec(words)?.[0] ?? "").replaceAll("&amp;", "&");
}

test("asked on the public form, confirmed by mail, approved by an admin, followed live, and signed in to", async () => {
  const asker = await watched(await browser.newContext({ locale: "id-ID" }));
  await asker.page.goto(`${hub.url}/ask/business`);
  // The asker's own language, without being asked for it.
  expect(await asker.page.locator("html").getAttribute("lang")).toBe("id");
  await asker.page.goto(`${hub.url}/ask/business?lang=en`);
  await asker.page.getByLabel("Name of your business").fill(client.name);
  const slug = asker.page.getByLabel("Short name");
  expect(await slug.inputValue()).toBe(client.slug);
  await asker.page.getByRole("textbox", { name: "E-mail address" }).fill(client.email);
  await asker.page.getByRole("button", { name: "Send the request" }).click();
  await asker.page.getByText(/look into your mailbox/).waitFor();

  const mail = await asker.page.context().newPage();
  const confirm = await linkFromMail(mail, /confirm/i, /http[^"\s<]+\/ask\/confirm[^"\s<]+/);
  await mail.close();
  await asker.page.goto(confirm);
  await asker.page.getByRole("button", { name: "Yes, it is my address" }).click();
  await asker.page.getByRole("link", { name: "See how it stands" }).click();
  await asker.page.getByText(client.name).first().waitFor();

  const admin = await watched(await browser.newContext());
  await admin.page.goto(hub.welcome);
  await admin.page.getByLabel("Name").fill("Ada Owner");
  await admin.page.getByLabel("E-mail").fill("ada@atoll.example");
  await admin.page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await admin.page.getByRole("button", { name: "Begin" }).click();
  await admin.page.getByRole("link", { name: client.name }).click();
  await admin.page.getByRole("button", { name: "Approve" }).click();
  await admin.page.getByRole("dialog").getByText("Costs a month").waitFor();
  await admin.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  const loadedAt = await admin.page.evaluate("performance.timeOrigin");
  await admin.page.locator('li[data-step][data-state="done"]').first().waitFor({ timeout: 60_000 });
  // The asker sees the same in plain words.
  await asker.page.getByRole("progressbar").waitFor({ timeout: 60_000 });
  // A first build installs the template's packages: minutes on a slow machine.
  const deployed = admin.page.locator("main h1 + *", { hasText: "deployed" });
  await deployed.waitFor({ timeout: 300_000 });
  expect(await admin.page.evaluate("performance.timeOrigin")).toBe(loadedAt);

  const site = asker.page.getByRole("link", { name: "Open your application" });
  await site.waitFor({ timeout: 60_000 });
  const url = (await site.getAttribute("href")) ?? "";
  const letters = await asker.page.context().newPage();
  const password = await linkFromMail(letters, /is ready/, /(?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4}/);
  await letters.close();
  expect(password).not.toBe("");
  await asker.page.goto(url);
  await asker.page.getByLabel("E-mail").fill(client.email);
  await asker.page.getByLabel("Password").fill(password);
  await asker.page.getByRole("button", { name: "Sign in" }).click();
  await asker.page.waitForURL(/\/change-password/);
  for (const field of await asker.page.locator("input[type=password]").all())
    await field.fill("four happy goats sing");
  await asker.page.getByRole("button", { name: "Save and continue" }).click();
  const menu = asker.page.getByRole("navigation").first();
  await menu.getByRole("link", { name: "CRM" }).waitFor();

  // A module taken away in the hub: one run, after which configuration, automations and pages have followed.
  const inventory = async () => {
    const { url: at } = JSON.parse(readFileSync(path.join(home, "cloud", "cloud.json"), "utf8")) as {
      url: string;
    };
    return JSON.stringify(await (await fetch(`${at}/control/inventory`)).json());
  };
  const { page } = admin;
  expect(await inventory()).toContain(`${client.slug} crm`);
  await page.getByRole("link", { name: "Instances" }).first().click();
  await page.getByRole("link", { name: client.name }).click();
  await page.getByRole("tab", { name: "Configuration" }).click();
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: "Customers" }).uncheck();
  await dialog.getByText("crm-workflow").waitFor();
  await dialog.getByRole("button", { name: "Update" }).click();
  await page.waitForURL(/\/runs\//);
  await page.locator("main h1 + *", { hasText: "succeeded" }).waitFor({ timeout: 300_000 });
  await asker.page.goto(url);
  await menu.getByRole("link", { name: "Social" }).waitFor();
  expect(await menu.getByRole("link", { name: "CRM" }).count()).toBe(0);
  expect((await asker.page.goto(`${url}/crm/contacts`))?.status()).toBe(404);
  expect(await inventory()).not.toContain(`${client.slug} crm`);
  expect(hub.said()).not.toContain(password);
  // Before somebody signs in the console asks who is there, and is told: nobody.
  expect(
    [...admin.complaints, ...asker.complaints].filter((each) => !/status of 401|\/crm\/contacts/.test(each)),
  ).toEqual([]);
}, 500_000);
