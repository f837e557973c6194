import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn } from "../support/atoll.ts";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeInWith } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// A client's own domain from the first click to live and away again; going back to an earlier deployment and on.
const slug = "own-name";
const domain = "www.own-name.example";
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits", "--site-port", "16700"]);
  hub = await startHubProcess(cloud.home, { ATOLL_DOMAIN_EVERY_SECONDS: "0.5" });
  browser = await openBrowser();
  context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

/** Calls the API with the session of the page. */
async function api(method: string, route: string, data?: object): Promise<unknown> {
  const headers = { origin: hub.url };
  const answer = await context.request.fetch(`${hub.url}${route}`, {
    method,
    headers,
    ...(data && { data }),
  });
  if (!answer.ok()) throw new Error(`${method} ${route}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

interface DnsRecord {
  type: string;
  name: string;
  value: string;
}

async function setDns(name: string, records: readonly DnsRecord[]): Promise<void> {
  const answer = await fetch(`${cloud.url}/control/dns`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ domain: name, records }),
  });
  expect(answer.status).toBe(201);
}

/** Light and dark, wide and narrow: nothing that axe finds, and nothing that has to be scrolled sideways. */
async function fits(name: string): Promise<void> {
  for (const width of [1280, 360])
    for (const scheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      // Colours change by a transition when the scheme does.
      await expect.poll(() => violations(page), { timeout: 15_000 }).toEqual([]);
      const wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
      expect(wide, `${name} ${width}`).toBeLessThanOrEqual(0);
      const { SHOTS } = process.env; // where somebody wants to see them
      if (SHOTS) await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${scheme}.png`) });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

const toTab = (tab: string) => page.goto(`${hub.url}/instances/${slug}?tab=${tab}`);
const card = (name: string) => page.getByRole("region", { name, exact: true });

test("an owner comes in, and an instance is made", async () => {
  await comeInWith(page, hub, { slug, name: "Own Name" });
  await page.goto(`${hub.url}/instances/${slug}`);
  await page.locator("main h1 + *", { hasText: "live" }).waitFor({ timeout: 90_000 });
}, 150_000);

test("a domain is added by clicks, its records are copied, and it goes live by itself", async () => {
  await toTab("domains");
  await page.getByText("None yet").waitFor();
  await page.getByLabel("Another domain").fill("*.own-name.example");
  await page.getByRole("button", { name: "Add domain" }).click();
  await page.getByText(/holds an asterisk/).waitFor();
  await page.getByLabel("Another domain").fill(domain);
  await page.getByRole("button", { name: "Add domain" }).click();
  const mine = card(domain);
  await mine.getByText("waiting for DNS").waitFor();
  const records: DnsRecord[] = [];
  for (const row of await mine
    .getByRole("list", { name: /DNS records/ })
    .getByRole("listitem")
    .all()) {
    await row.getByRole("button", { name: /^Copy the/ }).click();
    const [type = "", name = ""] = (await row.locator("span, code").allTextContents()).filter(Boolean);
    await row.getByText("Copied").waitFor();
    records.push({ type, name, value: String(await page.evaluate("navigator.clipboard.readText()")) });
  }
  expect(records.map(({ type }) => type)).toEqual(["TXT", "CNAME"]);
  expect(await mine.getByRole("button", { name: "Make primary" }).isDisabled()).toBe(true);
  await fits("domain-waiting");

  await setDns(domain, records);
  await mine.getByText("live", { exact: true }).waitFor({ timeout: 60_000 });
  await mine.getByText(/issued, ends/).waitFor();
  await mine.getByRole("button", { name: "Make primary" }).click();
  await mine.getByText("primary", { exact: true }).waitFor();
  await fits("domain-live");

  await setDns(domain, [{ type: "A", name: "www", value: "203.0.113.9" }]);
  await mine.getByText("broken", { exact: true }).waitFor({ timeout: 60_000 });
  await fits("domain-broken");
  await setDns(domain, records);
  await mine.getByText("live", { exact: true }).waitFor({ timeout: 60_000 });

  await mine.getByRole("button", { name: `Remove ${domain}` }).click();
  await page.getByRole("dialog").getByText("sign-ins and resolvers lead there no longer").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("None yet").waitFor();
  const { resend: _, ...things } = await cloud.inventory(); // mails told of it
  expect(JSON.stringify(things)).not.toContain(domain);
}, 150_000);

test("built anew, gone back and on again by clicks: the plan before, what visitors get afterwards", async () => {
  await toTab("deployments");
  const list = page.getByRole("list", { name: "Deployments" });
  const does = async (does: string, plan: RegExp) => {
    await list
      .getByRole("button", { name: new RegExp(`^${does}`) })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("list", { name: "What it would do" }).getByText(plan).waitFor();
    if (does === "Roll back") await fits("deploy-plan");
    await dialog.getByRole("button", { name: does, exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
  };
  const getsNth = (nth: number, says: string | RegExp) =>
    list.getByRole("listitem").nth(nth).getByText(says).waitFor({ timeout: 60_000 });
  await getsNth(0, "visitors get this one");
  await does("Redeploy", /anew/);
  await expect.poll(() => list.getByRole("listitem").count(), { timeout: 60_000 }).toBe(2);
  await getsNth(0, "visitors get this one");
  await does("Roll back", /instead of/);
  await getsNth(1, "visitors get this one; newer ones wait");
  await fits("deployments-kept");
  await does("Promote", /instead of/);
  await getsNth(0, /^visitors get this one$/);
  expect(complaints.filter((each) => !each.includes("422"))).toEqual([]);
}, 120_000);

interface ShownDomain {
  domain: string;
  state: string;
  isPrimary: boolean;
  records: DnsRecord[];
}

interface ShownDeployment {
  isCurrent: boolean;
  isKept: boolean;
}

/** Commands about the instance, at a desk of their own; each has to go well. */
function desk(environment: NodeJS.ProcessEnv) {
  const atoll = atollIn(
    () => cloud.home,
    () => environment,
  );
  async function went(...args: string[]) {
    const ended = await atoll(...args);
    expect(ended.code, `${args.join(" ")}: ${ended.out}${ended.err}`).toBe(0);
    return ended.json();
  }
  return {
    atoll,
    went,
    async domainNamed(name: string) {
      const { items } = (await went("domain", slug)) as { items: ShownDomain[] }; // as the contract says
      return items.find((each) => each.domain === name);
    },
    async deployments() {
      return ((await went("deploy", "list", slug)) as { items: ShownDeployment[] }).items; // as the contract says
    },
  };
}

const asSet = (records: readonly DnsRecord[]) =>
  records.map(({ type, name, value }) => ({ type, name, value }));

test("the same by commands through the hub, which looks by itself", async () => {
  const made = (await api("POST", "/api/keys", { name: "commands", role: "operator" })) as { key: string };
  const { atoll, went, domainNamed, deployments } = desk({ ATOLL_URL: hub.url, ATOLL_API_KEY: made.key });
  const name = "remote.own-name.example";
  expect((await atoll("domain", "add", slug, name, "--plan")).code).toBe(3);
  expect(await domainNamed(name)).toBeUndefined();
  await went("domain", "add", slug, name);
  const added = await domainNamed(name);
  expect(added).toMatchObject({ state: "waiting" });
  const early = await atoll("domain", "primary", slug, name);
  expect(early.code).toBe(2); // refused before a run is begun
  expect(early.out + early.err).toContain("not live");
  await setDns(name, asSet(added?.records ?? []));
  await expect.poll(async () => (await domainNamed(name))?.state, { timeout: 30_000 }).toBe("live");
  await went("domain", "primary", slug, name);
  expect(await domainNamed(name)).toMatchObject({ isPrimary: true });
  await went("domain", "remove", slug, name);
  expect(await domainNamed(name)).toBeUndefined();

  const before = (await deployments()).length;
  await went("deploy", "redeploy", slug);
  expect(await deployments()).toHaveLength(before + 1);
  expect((await atoll("deploy", "rollback", slug, "--plan")).code).toBe(3);
  await went("deploy", "rollback", slug);
  expect((await deployments())[1]).toMatchObject({ isCurrent: true, isKept: true });
  await went("deploy", "promote", slug);
  expect((await deployments())[0]).toMatchObject({ isCurrent: true, isKept: false });
}, 90_000);

test("the same by commands alone, where a person looks", async () => {
  await hub.stop();
  const { atoll, went, domainNamed, deployments } = desk({});
  const name = "alone.own-name.example";
  const unknown = await atoll("domain", "remove", slug, name);
  expect(unknown.code).toBe(2); // refused before a run is begun
  expect(unknown.out + unknown.err).toContain(name);
  await went("domain", "add", slug, name);
  await setDns(name, asSet((await domainNamed(name))?.records ?? []));
  await went("domain", "verify", slug, name);
  expect(await domainNamed(name)).toMatchObject({ state: "live" });
  await went("domain", "primary", slug, name);
  await went("domain", "remove", slug, name);
  await went("deploy", "rollback", slug);
  expect((await deployments())[1]).toMatchObject({ isCurrent: true, isKept: true });
}, 150_000);
