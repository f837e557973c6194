import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { things } from "../support/things.ts";

// A blueprint from outside the workspace, as its own people use it: really built, really served, in Chromium.
const folder = fileURLToPath(new URL("../../examples/blueprint-clinic", import.meta.url));
const email = "owner@clinic.example";
const ownPassword = "four happy goats sing";
let cloud: TestCloud;
let browser: Browser;
const atoll = atollIn(
  () => cloud.home,
  () => ({ ATOLL_BLUEPRINTS: folder }),
);

beforeAll(async () => {
  cloud = await testCloud(["--latency", "instant", "--no-rate-limits", "--site-port", "14900"]);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** Signs in with the mailed password and puts an own one in its place. */
async function signIn(page: Page, url: string): Promise<void> {
  const mails = (await (await fetch(`${cloud.url}/mailbox/api?search=${email}`)).json()) as {
    text: string;
  }[];
  const [password = ""] = /(?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4}/.exec(mails[0]?.text ?? "") ?? [];
  await page.goto(`${url}/sign-in`);
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.locator("form:has(input[type=password]) button").click();
  await page.waitForURL(/\/change-password/);
  for (const field of await page.locator("input[type=password]").all()) await field.fill(ownPassword);
  await page.locator("form:has(input[type=password]) button").click();
  await page.waitForURL(({ pathname }) => pathname !== "/change-password");
}

test("a practice is made from outside, shows its own pages in French, and is gone without a trace", async () => {
  const before = await things(cloud);
  const file = path.join(cloud.home, "clinic.json");
  const answers = {
    name: "Cabinet <b>Nord</b>",
    slug: "cabinet-nord",
    adminEmail: email,
    specialty: "dental",
  };
  writeFileSync(file, JSON.stringify(answers));
  const up = await atoll("up", "--blueprint", "clinic", "--file", file);
  expect(up.out + up.err).toContain('"state": "succeeded"');
  expect((await atoll("check", "cabinet-nord")).json()).toMatchObject({ ready: true });
  const { page } = await watched(await browser.newContext());
  await signIn(page, String(up.json().url));

  const menu = page.getByRole("navigation");
  for (const name of ["Patients", "Rendez-vous", "Soins"])
    await menu.getByRole("link", { name, exact: true }).waitFor();
  expect(await menu.getByRole("link", { name: "Notifications" }).count()).toBe(0);
  await menu.getByRole("link", { name: "Patients", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Patients" }).waitFor();
  await page.getByLabel("Nom").fill("Ada <i>Lovelace</i>");
  await page.getByLabel("Naissance").fill("1815-12-10");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { level: 1, name: "Ada <i>Lovelace</i>" }).waitFor();
  // A page's title comes a moment after its content.
  await expect.poll(() => violations(page)).toEqual([]);

  await page.goto(`${String(up.json().url)}/patients/visit-notes`);
  await page.locator("select[name=patient_id]").selectOption({ label: "Ada <i>Lovelace</i>" });
  await page.locator("[name=finding]").fill("Tout va bien.");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.getByRole("heading", { level: 1, name: "Tout va bien." }).waitFor();
  await menu.getByRole("link", { name: "Patients", exact: true }).click();
  await page.getByRole("link", { name: "Comptes rendus" }).click();
  await page.getByRole("table").getByText("Ada <i>Lovelace</i>").waitFor();
  // A page's title comes a moment after its content.
  await expect.poll(() => violations(page)).toEqual([]);

  // What the file does not describe is not there, nor what another kind has.
  for (const gone of ["/orders/orders", "/patients/users", "/notifications", "/patients/patients/1"])
    expect((await page.goto(`${String(up.json().url)}${gone}`))?.status(), gone).toBe(404);
  const ended = await atoll("destroy", "cabinet-nord", "--confirm", "cabinet-nord");
  expect(ended.json()).toMatchObject({ state: "succeeded" });
  expect(await things(cloud)).toEqual(before);
}, 400_000);
