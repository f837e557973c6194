import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { atollAtTerminal, keys } from "../support/terminal.ts";
import { things } from "../support/things.ts";

// Each kind of application as its own people use it: really built, really served, driven in Chromium.
const ownPassword = "four happy goats sing";
const onePixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
let cloud: TestCloud;
let browser: Browser;
const atoll = atollIn(() => cloud.home);

beforeAll(async () => {
  cloud = await testCloud(["--latency", "instant", "--no-rate-limits", "--site-port", "14800"]);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** Makes an instance as a person at a terminal does: healthy, without drift, and the same once more without a write. */
async function made(kind: string, answers: Record<string, string>, locale = "en"): Promise<string> {
  const slug = `my-${kind}`;
  const terminal = atollAtTerminal(cloud.home, ["new", kind, "--locale", locale]);
  try {
    await terminal.fillsIn(
      {
        "Short name in the address": `${"\b".repeat(40)}${slug}`,
        "Email of the first admin": `owner@${kind}.example`,
        ...answers,
      },
      /is live at http/,
      300_000,
    );
    expect(await terminal.ended).toBe(0);
  } finally {
    terminal.hangUp();
  }
  await cloud.clearLog();
  expect((await atoll("verify", slug)).json()).toMatchObject({ healthy: true, problems: [] });
  expect((await atoll("drift", slug)).json()).toMatchObject({ items: [] });
  const again = (await atoll("up", slug)).json();
  expect(again).toMatchObject({ state: "succeeded" });
  expect(await cloud.log({ writes: true })).toEqual([]);
  return String(again.url);
}

/** Opens the newest mail to somebody and gives its words. */
async function mailTo(page: Page, address: string): Promise<string> {
  await page.goto(`${cloud.url}/mailbox?search=${encodeURIComponent(address)}`);
  await page.getByRole("link", { name: address }).first().click();
  return (await page.frameLocator("iframe").locator("body").textContent()) ?? "";
}

/** Signs in with the mailed password and puts an own one in its place. */
async function signedIn(page: Page, url: string, email: string): Promise<void> {
  const [password = ""] = /(?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4}/.exec(await mailTo(page, email)) ?? [];
  await page.goto(`${url}/sign-in`);
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("form:has(input[type=password]) button").click();
  await page.waitForURL(/\/change-password/);
  for (const field of await page.locator("input[type=password]").all()) await field.fill(ownPassword);
  await page.locator("form:has(input[type=password]) button").click();
  await page.waitForURL(({ pathname }) => pathname !== "/change-password");
}

/** Goes to a page by the menu. */
async function open(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

/** Removes the instance: nothing is left of it at any provider. */
async function gone(blueprint: string, before: unknown): Promise<void> {
  const ended = await atoll("destroy", `my-${blueprint}`, "--confirm", `my-${blueprint}`);
  expect(ended.json()).toMatchObject({ state: "succeeded" });
  expect(await things(cloud)).toEqual(before);
}

test("shop: an article is put on sale, a visitor orders it, the shop takes the money and sends it", async () => {
  const before = await things(cloud);
  const url = await made("shop", {
    "Name of the shop": "Toko Sinar",
    Currency: "EUR",
    Language: keys.up + keys.up,
  });
  const admin = await watched(await browser.newContext());
  const { page } = admin;
  await signedIn(page, url, "owner@shop.example");

  await open(page, "Catalog");
  await page.getByLabel("Name").fill("Lamp <b>Sinar</b>");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.locator(".badge", { hasText: "published" }).waitFor();
  await page.getByText("Add – Articles").click();
  await page.getByLabel("Article number").fill("LAMP-1");
  await page.getByLabel("Price").fill("12.50");
  await page.getByRole("button", { name: "Save" }).last().click();
  await page.getByRole("link", { name: "LAMP-1" }).click();
  await page.getByLabel("Quantity").fill("3");
  await page.getByLabel("Reason").selectOption("received");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("There are 3 now.").waitFor();

  const visitor = await watched(await browser.newContext());
  const shop = visitor.page;
  await shop.goto(url);
  await shop.getByText("€12.50").waitFor();
  expect(await violations(shop)).toEqual([]);
  await shop.getByLabel("How many: Lamp <b>Sinar</b>").fill("2");
  await shop.getByLabel("Name", { exact: true }).fill("Budi");
  await shop.getByLabel("E-mail").fill("budi@customer.example");
  await shop.getByLabel("Delivery address").fill("Jalan Mawar 1");
  await shop.getByRole("button", { name: "Place the order" }).click();
  await shop.waitForURL(/\/order\/\d+/);
  await shop.getByText("€25.00").first().waitFor();
  // The order belongs to the browser that placed it: a stranger with its number sees nothing of it.
  const stranger = await watched(await browser.newContext());
  await stranger.page.goto(shop.url());
  expect(await stranger.page.locator("body").textContent()).not.toMatch(/Budi|Jalan Mawar|25\.00/);

  await open(page, "Orders");
  await page.getByRole("row", { name: /Budi/ }).getByRole("link").first().click();
  await page.getByRole("button", { name: /paid/i }).click();
  await page.locator(".badge", { hasText: "paid" }).waitFor();
  await page.getByRole("button", { name: /sent/i }).click();
  await page.locator(".badge", { hasText: "sent" }).waitFor();
  await open(page, "Stock");
  await page.getByRole("link", { name: "In stock" }).click();
  await page.getByRole("row", { name: /LAMP-1.*\b1\b/ }).waitFor();
  expect([...admin.complaints, ...visitor.complaints]).toEqual([]);
  await gone("shop", before);
}, 400_000);

test("agency: a client's project gets a file and an invoice, and the company its logo", async () => {
  const before = await things(cloud);
  const url = await made("agency", { "Name of the agency": "Studio Nord" });
  const admin = await watched(await browser.newContext({ acceptDownloads: true }));
  const { page } = admin;
  await signedIn(page, url, "owner@agency.example");

  await open(page, "Clients");
  await page.getByLabel("Name").fill("Café <i>Nord</i>");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Café <i>Nord</i>" }).waitFor();
  await open(page, "Projects");
  await page.getByLabel("Name").fill("Website");
  await page.getByLabel("Client").selectOption({ label: "Café <i>Nord</i>" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Website" }).waitFor();
  await page.getByText("Add – Tasks").click();
  await page.getByLabel("Title").fill("Draw the first page");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Draw the first page" }).waitFor();

  await open(page, "Files");
  await page.getByText("Upload a file").click();
  await page.getByLabel("Project").selectOption({ label: "Website" });
  await page.getByLabel("File (at most 50 MB)").setInputFiles({
    name: "brief “1”.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("What the client wants."),
  });
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.getByRole("link", { name: /brief/ }).click();
  const link = page.getByRole("link", { name: "Download" });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("brief “1”.txt");
  expect(readFileSync(await download.path(), "utf8")).toBe("What the client wants.");
  // The page's own link is of no use to somebody who is not signed in.
  const stranger = await watched(await browser.newContext());
  await stranger.page.goto(`${url}${await link.getAttribute("href")}`);
  expect(new URL(stranger.page.url()).pathname).toBe("/sign-in");

  await open(page, "Invoices");
  await page.getByLabel("Client").selectOption({ label: "Café <i>Nord</i>" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Add – Lines").click();
  await page.getByLabel("Description").fill("Design");
  await page.getByLabel("Quantity").fill("2");
  await page.getByLabel("Unit price").fill("150");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "€300.00" }).waitFor();
  await page.getByRole("button", { name: "Issue the invoice" }).click();
  await page.locator(".badge", { hasText: "sent" }).waitFor();

  await open(page, "Settings");
  await page.getByLabel("Upload the logo").setInputFiles({
    name: "logo.png",
    mimeType: "image/png",
    buffer: Buffer.from(onePixel, "base64"),
  });
  await page.locator("form button", { hasText: "Upload the logo" }).click();
  await expect
    .poll(() =>
      page
        .locator("main img")
        .evaluateAll((found) => found.map((each) => (each as HTMLImageElement).naturalWidth)),
    )
    .toContain(1);
  expect(await violations(page)).toEqual([]);
  expect(admin.complaints).toEqual([]);
  await gone("agency", before);
}, 400_000);

test("community: a place and an announcement show on the public page, and what the vault says", async () => {
  const before = await things(cloud);
  const url = await made("community", {
    "Name of the community": "Ville de Saint-Ouen",
    "Town or place": "Saint-Ouen",
    "Centre of the map": "48.9117, 2.3342",
  });
  const admin = await watched(await browser.newContext());
  const { page } = admin;
  await signedIn(page, url, "owner@community.example");

  await open(page, "Lieux");
  await page.getByLabel("Nom").fill("Mairie <b>1</b>");
  await page.getByLabel("Latitude").fill("48.9120");
  await page.getByLabel("Longitude").fill("2.3340");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("button", { name: "Publier" }).click();
  await page.locator(".badge", { hasText: "publié" }).waitFor();
  await open(page, "Annonces");
  await page.getByLabel("Titre").fill("Fête du quartier");
  await page.getByLabel("Texte").fill("Samedi à midi.");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  const visitor = await watched(await browser.newContext());
  await visitor.page.goto(url);
  await visitor.page.getByRole("heading", { name: "Mairie <b>1</b>" }).waitFor();
  // A draft is nobody's news yet.
  expect(await visitor.page.getByText("Fête du quartier").count()).toBe(0);
  await page.getByRole("button", { name: "Publier" }).click();
  await page.locator(".badge", { hasText: "publié" }).waitFor();

  await open(page, "Coffre");
  const name = page
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name: "COMMUNITY_NAME", exact: true }) });
  await name.getByText("Modifier").click();
  await page.getByLabel("Valeur: COMMUNITY_NAME").fill("Saint-Ouen-sur-Seine");
  await name.getByRole("button", { name: "Enregistrer" }).click();
  await name.locator("p.value", { hasText: "Saint-Ouen-sur-Seine" }).waitFor();

  await visitor.page.reload();
  await visitor.page.getByText("Fête du quartier").waitFor();
  await visitor.page.getByText("Saint-Ouen-sur-Seine").first().waitFor();
  expect(await visitor.page.locator("main").textContent()).toContain("48.91170, 2.33420");
  expect(await violations(visitor.page)).toEqual([]);
  expect([...admin.complaints, ...visitor.complaints]).toEqual([]);
  await gone("community", before);
}, 400_000);
