import { createHmac } from "node:crypto";
import { openDatabase } from "@atoll/hub/database";
import pg from "pg";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnv } from "../support/atoll.ts";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

const owner = { name: "Ada Owner", email: "ada@atoll.example", password: "correct horse battery" };
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light"]);
  hub = await startHubProcess(cloud.home);
  browser = await openBrowser();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(10_000);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

/** Asks as the public form does, and gives the address of the asker's own page. */
async function ask(slug: string): Promise<string> {
  const answer = await fetch(`${hub.url}/api/public/requests`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: hub.url },
    body: JSON.stringify({
      blueprint: "business",
      locale: "en",
      answers: { name: `Client ${slug}`, slug, adminEmail: `owner@${slug}.example` },
    }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { statusUrl: string }).statusUrl;
}

async function mailsTo(address: string) {
  const answer = await fetch(`${cloud.url}/mailbox/api?search=${encodeURIComponent(address)}`);
  return (await answer.json()) as { subject: string; text: string }[]; // as the mailbox keeps them
}

const openRequest = async (slug: string, on = page) => {
  await on.goto(`${hub.url}/requests?search=${slug}`);
  await on.getByRole("list", { name: "Requests" }).getByRole("link", { name: slug }).click();
  await on.getByRole("heading", { name: `Client ${slug}` }).waitFor();
};
const approve = async (on = page) => {
  await on.getByRole("button", { name: "Approve" }).click();
  const dialog = on.getByRole("dialog");
  // Nobody decides before the plan is there.
  await dialog.getByRole("list", { name: "What it would do" }).waitFor();
  await dialog.getByRole("button", { name: "Approve" }).click();
};
const stateIs = (state: string, on = page, timeout = 60_000) =>
  on.locator("main h1 + *", { hasText: state }).waitFor({ timeout });
const stepsIn = (state: string, on = page) => on.locator(`li[data-step][data-state="${state}"]`);

async function signIn(on: Page) {
  await on.getByRole("heading", { name: "Sign in" }).waitFor();
  await on.getByLabel("E-mail").fill(owner.email);
  await on.getByRole("textbox", { name: "Password" }).fill(owner.password);
  await on.getByRole("button", { name: "Sign in" }).click();
}

test("the first owner comes by the link that the terminal showed, and changes a setting", async () => {
  await page.goto(hub.url);
  await page.waitForURL(/\/sign-in/); // nothing is shown to nobody
  await page.goto(hub.welcome);
  await page.getByLabel("Name").fill(owner.name);
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByRole("textbox", { name: "Password" }).fill("too short");
  await page.getByText("3 more to go.").waitFor();
  await page.getByRole("textbox", { name: "Password" }).fill(owner.password);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/requests/);
  await page.getByRole("link", { name: /Toko Sample/ }).waitFor();

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByText("Every provider account, looked at").waitFor();
  await page.getByRole("switch", { name: /confirms their address/ }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  expect(await page.getByRole("switch").isChecked()).toBe(false);
  expect(complaints.filter((each) => !each.includes("401"))).toEqual([]); // asked who is signed in: nobody
  complaints.length = 0;
}, 60_000);

test("an admin approves with the keyboard alone and sees steps overlap and end, without reloading", async () => {
  await ask("by-keys");
  await page.goto(`${hub.url}/instances`);
  await page.getByRole("heading", { name: "Instances" }).waitFor();
  await page.keyboard.type("gq");
  await page.waitForURL(/\/requests/);
  await page.getByRole("link", { name: /by-keys/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Approve" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("list", { name: "What it would do" }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).focus();
  await page.keyboard.press("Enter");
  const loadedAt = await page.evaluate("performance.timeOrigin");
  await stepsIn("done").first().waitFor();
  await stateIs("deployed");
  const allSteps = await page.locator("li[data-step]").count();
  await expect.poll(() => stepsIn("done").count()).toBe(allSteps);
  expect(await page.evaluate("performance.timeOrigin")).toBe(loadedAt);

  // The bars of the database and of the repository stand one over the other in time.
  const span = async (step: string) => {
    const boxes = await Promise.all(
      (await page.locator(`li[data-step="${step}"] [data-is]`).all()).map((bar) => bar.boundingBox()),
    );
    const edges = boxes.flatMap((box) => (box ? [box.x, box.x + box.width] : []));
    return { from: Math.min(...edges), to: Math.max(...edges) };
  };
  const [project, repository] = [await span("project"), await span("repository")];
  expect(Math.max(project.from, repository.from)).toBeLessThan(Math.min(project.to, repository.to));

  await page.getByRole("button", { name: /^repository/ }).press("Enter");
  await page.getByText("github.repository client-by-keys").waitFor();
  await expect
    .poll(async () => (await mailsTo("owner@by-keys.example")).map((mail) => mail.subject))
    .toEqual(expect.arrayContaining([expect.stringMatching(/is ready/)]));
}, 90_000);

test("rejected: the asker reads the reason on their page and in a mail", async () => {
  const statusUrl = await ask("not-now");
  await openRequest("not-now");
  await page.getByRole("button", { name: "Reject" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Reject" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Reason").fill("Not <b>this</b> year.");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await stateIs("rejected");
  expect(await page.getByRole("button", { name: "Approve" }).count()).toBe(0);
  const nobody = await browser.newContext();
  const asker = await nobody.newPage();
  await asker.goto(statusUrl);
  await asker.getByText("Not <b>this</b> year.").waitFor();
  await nobody.close();
  await expect
    .poll(async () => (await mailsTo("owner@not-now.example")).map((mail) => mail.text).join())
    .toContain("Not <b>this</b> year.");
});

test("a failing step: its error in place, undo seen, mail to the admins; the retry succeeds", async () => {
  await ask("falls-once");
  await cloud.fault({
    provider: "vercel",
    method: "POST",
    path: "*/deployments*",
    kind: "reject",
    times: 50,
  });
  await openRequest("falls-once");
  await approve();
  const line = page.locator('li[data-step="deployment"]');
  await stepsIn("failed").first().waitFor({ timeout: 60_000 });
  await stateIs("failed");
  expect(await line.getAttribute("data-state")).toBe("failed");
  await page.getByRole("button", { name: /^project\s*: done, undone/ }).waitFor();
  await expect
    .poll(async () => (await mailsTo(owner.email)).map((mail) => mail.subject).join())
    .toContain("falls-once");
  await cloud.heal();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByRole("dialog").getByRole("list", { name: "What it would do" }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
  await stateIs("deployed");
}, 120_000);

test("two admins approve at once: one run", async () => {
  await ask("both-press");
  const second = await context.newPage();
  await Promise.all([openRequest("both-press"), openRequest("both-press", second)]);
  await Promise.all([approve(), approve(second)]);
  await Promise.all([stateIs("deployed"), stateIs("deployed", second)]);
  await second.close();
  await page.goto(`${hub.url}/instances/both-press?tab=history`);
  await page.getByRole("list", { name: "Runs" }).waitFor();
  expect(await page.getByRole("list", { name: "Runs" }).getByRole("listitem").count()).toBe(1);
}, 90_000);

test("the hub is killed and started again mid-run: the page reconnects and goes on", async () => {
  await ask("mid-run");
  await openRequest("mid-run");
  await approve();
  await stepsIn("done").first().waitFor();
  const loadedAt = await page.evaluate("performance.timeOrigin");
  await hub.kill();
  await page.getByText("The hub does not answer.").first().waitFor();
  await hub.start();
  await stateIs("deployed", page, 90_000);
  await page.getByText("The hub does not answer.").first().waitFor({ state: "detached" });
  expect(await page.evaluate("performance.timeOrigin")).toBe(loadedAt);
  expect(await stepsIn("done").count()).toBe(await page.locator("li[data-step]").count());
}, 180_000);

test("a session that ends mid-way leads to the sign-in and back to where one was", async () => {
  await page.goto(`${hub.url}/instances/by-keys?tab=resources`);
  await page.getByRole("list", { name: "Resources" }).waitFor();
  const before = complaints.length;
  await context.clearCookies();
  await page.getByText("Your session has expired.").waitFor({ timeout: 30_000 });
  await signIn(page);
  await page.getByRole("list", { name: "Resources" }).waitFor();
  expect(page.url()).toBe(`${hub.url}/instances/by-keys?tab=resources`);
  complaints.length = before;
});

test("what cannot be taken back asks for the slug; a disabled button says why", async () => {
  await page.goto(`${hub.url}/instances/both-press`);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Destroy" }).click();
  const dialog = page.getByRole("dialog");
  const does = dialog.getByRole("button", { name: "Destroy it" });
  await dialog.getByLabel("Type both-press to go on").fill("both");
  expect(await does.isDisabled()).toBe(true);
  await dialog.getByLabel("Type both-press to go on").fill("both-press");
  await does.click();
  await page.waitForURL(/\/runs\//);
  await stateIs("succeeded");
  await page.goto(`${hub.url}/instances/both-press`);
  await stateIs("removed");
  expect(await page.getByRole("button", { name: "More" }).count()).toBe(0);

  await page.goto(`${hub.url}/team`);
  const remove = page.getByRole("button", { name: "Remove" });
  await remove.focus();
  await page.getByRole("tooltip", { name: /last owner stays/ }).waitFor();
  await remove.press("Enter");
  expect(await page.getByRole("dialog").count()).toBe(0);
}, 90_000);

test("a secret is shown once to an owner, and the audit log says so", async () => {
  await page.goto(`${hub.url}/instances/by-keys?tab=configuration`);
  const secret = page.locator("dt", { hasText: "databasePassword" });
  await secret.locator("xpath=following-sibling::dd[1]").getByRole("button", { name: "Reveal" }).click();
  const dialog = page.getByRole("dialog");
  const value = (await dialog.locator("code").textContent()) ?? "";
  expect(value).toMatch(/^\w{32}$/);
  await dialog.getByRole("button", { name: "I have it" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await page.content()).not.toContain(value);
  await page.goto(`${hub.url}/audit?subject=instance/by-keys`);
  await page.getByText("secret.reveal").first().waitFor();
  await page.getByRole("button", { name: "Is it whole?" }).click();
  await page.getByText(/Whole: \d+ rows/).waitFor();
});

const places = [
  "requests",
  "requests?search=nothing-like-it",
  "requests?search=falls-once",
  "instances",
  "instances/by-keys",
  "instances/by-keys?tab=resources",
  "instances/by-keys?tab=configuration",
  "instances/by-keys?tab=history",
  "runs",
  "schema",
  "schema/instances",
  "instances/by-keys?tab=schema",
  "audit",
  "team",
  "settings",
  "nothing-here",
];

test.each([
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 360 },
] as const)(
  "every page in $scheme at $width px: axe finds nothing, nothing is cut off",
  async (look) => {
    const state = await context.storageState();
    const own = await browser.newContext({
      viewport: { width: look.width, height: 850 },
      colorScheme: look.scheme,
      storageState: state,
    });
    own.setDefaultTimeout(10_000);
    const { page: mine, complaints: said } = await watched(own);
    const found: string[] = [];
    const check = async (place: string) => {
      await expect
        .poll(() => mine.getByRole("status", { name: "Loading" }).count(), { timeout: 20_000 })
        .toBe(0);
      for (const line of await violations(mine)) found.push(`${place}: ${line}`);
      const over = Number(await mine.evaluate("document.documentElement.scrollWidth - innerWidth"));
      if (over > 0) found.push(`${place}: ${over} px wider than the screen`);
    };
    for (const place of places) {
      await mine.goto(`${hub.url}/${place}`);
      await mine.getByRole("heading", { level: 1 }).waitFor();
      await check(place);
    }
    await mine.goto(`${hub.url}/requests?search=falls-once`);
    await mine.getByRole("list", { name: "Requests" }).getByRole("link", { name: "falls-once" }).click();
    await mine.getByRole("button", { name: /^project/ }).click();
    await check("a request with its run");
    await mine.goto(`${hub.url}/instances/by-keys`);
    await mine.getByRole("button", { name: "Update" }).click();
    await mine.getByRole("dialog").getByText("Costs a month").waitFor();
    await check("a dialog with a plan");
    await own.clearCookies();
    await mine.goto(`${hub.url}/sign-in`);
    await mine.getByRole("heading", { level: 1 }).waitFor();
    await check("sign-in");
    await mine.goto(`${hub.url}/welcome?token=${"x".repeat(40)}`);
    await mine.getByRole("heading", { level: 1 }).waitFor();
    await check("welcome");
    await own.close();
    expect(found).toEqual([]);
    expect(said.filter((each) => !each.includes("401"))).toEqual([]);
  },
  180_000,
);

test("10,000 instances: few rows are in the page, the end is reached, a search finds one; the view is in the address", async () => {
  const database = await openDatabase(cleanEnv(cloud.home), cloud.home);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen)
    select 'many-' || n, 'many-' || lpad(n::text, 5, '0'), 'business', 'local', 'live',
           jsonb_build_object('name', 'Many ' || n), '{}' from generate_series(1, 10000) n`);
  await client.end();
  await page.goto(`${hub.url}/instances`);
  const list = page.getByRole("list", { name: "Instances" });
  await list.getByRole("listitem").first().waitFor();
  expect(await list.getByRole("listitem").count()).toBeLessThan(80);
  await page.keyboard.press("End");
  await page.getByRole("link", { name: "Many 10000" }).waitFor({ timeout: 30_000 });
  expect(await list.getByRole("listitem").count()).toBeLessThan(80);
  await page.getByRole("link", { name: "Many 10000" }).focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => page.locator(":focus").textContent()).toContain("many-09999");
  await page.keyboard.press("/");
  await page.keyboard.type("many-0777");
  await page.getByText("10 like this").waitFor();
  expect(page.url()).toContain("search=many-0777");
  await page.reload();
  await page.getByText("10 like this").waitFor();
  await database.close();
}, 60_000);

/** The code that an authenticator app shows for this key (RFC 6238). */
function codeNow(base32: string): string {
  const bits = [...base32.replace(/\s/g, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a second factor: switched on in Team, asked for at the sign-in, opened with a kept code, switched off", async () => {
  await page.goto(`${hub.url}/team`);
  await page.getByRole("button", { name: "Switch it on" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Your password" }).fill(owner.password);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByLabel("Code that the app shows now").waitFor();
  const [key = "", kept = ""] = await dialog.locator("code").allTextContents();
  await dialog.getByLabel("Code that the app shows now").fill("000000");
  await dialog.getByRole("button", { name: "Switch on" }).click();
  await dialog.getByText("This code is wrong or too old.").waitFor();
  await dialog.getByLabel("Code that the app shows now").fill(codeNow(key));
  await dialog.getByRole("button", { name: "Switch on" }).click();
  await page.getByRole("button", { name: "Switch it off" }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page);
  await page.getByRole("button", { name: /The app is lost/ }).click();
  await page.getByLabel("Code").fill(kept.split("\n")[0] ?? "");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL(/\/requests/);
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page);
  await page.getByLabel("Code").fill(codeNow(key));
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL(/\/requests/);
  await page.goto(`${hub.url}/team`);
  await page.getByRole("button", { name: "Switch it off" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Your password" }).fill(owner.password);
  await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
  await page.getByRole("button", { name: "Switch it on" }).waitFor();
}, 60_000);

test("the browser complained of nothing that was not expected", () => {
  // A hub that was killed and faults that were ordered leave lines about connections, never about scripts or policy.
  expect(complaints.filter((each) => !/net::ERR|status of (400|401|409|502|503)/.test(each))).toEqual([]);
});
