import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// The fleet's schema as its people meet it: a new migration, the dialog, a rollout that waits for approval.
const example = fileURLToPath(new URL("../../examples/blueprint-minimal", import.meta.url));
const slugs = ["one-island", "two-island", "three-island"];
const password = "correct horse battery";
let cloud: TestCloud;
let hub: HubProcess;
let blueprint: string;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  cloud = await testCloud(["--light"]);
  blueprint = path.join(cloud.home, "blueprint");
  cpSync(example, blueprint, { recursive: true });
  hub = await startHubProcess(cloud.home, { ATOLL_BLUEPRINTS: blueprint });
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page } = await watched(context));
  context.setDefaultTimeout(20_000);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

async function begin(on: Page, link: string, name: string, email: string): Promise<void> {
  await on.goto(link);
  await on.getByLabel("Name").fill(name);
  const mail = on.getByLabel("E-mail"); // who was invited has one already
  if ((await mail.count()) > 0) await mail.fill(email);
  await on.getByRole("textbox", { name: "Password" }).fill(password);
  await on.getByRole("button", { name: /Begin|Join/ }).click();
  await on.waitForURL(/\/requests/);
}

/** As the signed-in person, by the hub's API. */
const call = (method: string, route: string, body?: object) =>
  page.evaluate(
    async ([how, where, what]) => {
      const answer = await fetch(where as string, {
        method: how as string,
        headers: { "content-type": "application/json" },
        ...(what !== undefined && { body: JSON.stringify(what) }),
      });
      return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() };
    },
    [method, route, body] as const,
  );

const migration = `create table public.notes (
  id uuid primary key default gen_random_uuid(),
  author_id uuid references public.users (id) on delete cascade,
  body text not null
);
create index notes_author on public.notes (author_id);
alter table public.notes enable row level security;
revoke all on public.notes from public, anon, authenticated, service_role;
grant select on public.notes to authenticated;
create policy notes_read on public.notes for select to authenticated using ((select auth.uid()) = author_id);
`;

test("three instances of a kind are made, and a new migration leaves all of them behind", async () => {
  await begin(page, hub.welcome, "Ada Owner", "ada@atoll.example");
  for (const slug of slugs) {
    const { status } = await call("POST", "/api/instances", {
      blueprint: "minimal",
      answers: { name: `Client ${slug}`, slug, adminEmail: `owner@${slug}.example` },
    });
    expect(status).toBe(202);
  }
  await expect
    .poll(
      async () => {
        const { body } = await call("GET", "/api/instances?state=live&limit=50");
        return (body as { items: { slug: string }[] }).items.map(({ slug }) => slug);
      },
      { timeout: 90_000 },
    )
    .toEqual(slugs.toSorted());
  await hub.kill();
  writeFileSync(path.join(blueprint, "migrations", "0003_notes.sql"), migration);
  await hub.start();
  await page.goto(`${hub.url}/schema`);
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByText("Every database was looked at.").waitFor();
  await page
    .getByText(/3 .*behind/)
    .first()
    .waitFor();
}, 180_000);

test("the dialog shows waves, findings and a rehearsal; the rollout waits for approval, then ends", async () => {
  const instances = await call("GET", "/api/instances?limit=50");
  expect(instances.status).toBe(200);
  await page
    .getByRole("button", { name: /Update/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/3 instances are behind/).waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("Canary").fill("one-island");
  await dialog.getByRole("textbox", { name: "Waves" }).fill("ten");
  await dialog.getByText("Write numbers from 0.1 to 100").waitFor();
  expect(await dialog.getByRole("button", { name: "Begin" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Waves" }).fill("100");
  await dialog.getByLabel("Wait for somebody's approval between waves").check();
  const go = dialog.getByRole("button", { name: "Begin" });
  await expect.poll(() => go.isEnabled(), { timeout: 60_000 }).toBe(true);
  await go.click();
  await page.waitForURL(/\/rollouts\//);
  await page.getByRole("heading", { name: "minimal to version 3" }).waitFor();
  await page.locator("main h1 + *", { hasText: /approval/ }).waitFor({ timeout: 60_000 });
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Approve next wave" }).click();
  await page.locator("main h1 + *", { hasText: "finished" }).waitFor({ timeout: 60_000 });
  for (const slug of slugs) await page.getByRole("link", { name: slug }).first().waitFor();
  await page.goto(`${hub.url}/schema`);
  await page
    .getByText(/0 .*behind|up to date|none.*behind/i)
    .first()
    .waitFor();
}, 120_000);

test("a viewer sees all of it and may press none of it", async () => {
  const email = "vic@atoll.example";
  expect((await call("POST", "/api/invitations", { email, role: "viewer" })).status).toBeLessThan(300);
  let link = "";
  await expect
    .poll(
      async () => {
        const mails = (await (await fetch(`${cloud.url}/mailbox/api?search=${email}`)).json()) as {
          text: string;
        }[];
        link = /http\S+/.exec(mails[0]?.text ?? "")?.[0] ?? "";
        return link;
      },
      { timeout: 20_000 },
    )
    .not.toBe("");
  const context: BrowserContext = await browser.newContext();
  const viewer = await context.newPage();
  await begin(viewer, link, "Vic Viewer", email);
  await viewer.goto(`${hub.url}/schema`);
  const check = viewer.getByRole("button", { name: "Check now" });
  await check.waitFor();
  expect(await check.isDisabled()).toBe(true);
  await viewer.getByRole("list", { name: "Rollouts" }).getByRole("link").first().click();
  await viewer.getByRole("heading", { name: "minimal to version 3" }).waitFor();
  for (const name of ["Pause", "Stop", "Resume", "Approve next wave"])
    expect(await viewer.getByRole("button", { name: new RegExp(`^${name}`) }).isDisabled()).toBe(true);
  await context.close();
}, 60_000);
