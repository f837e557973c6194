import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, violations, watched } from "../support/browser.ts";
import { type TestCloud, testCloud } from "../support/cloud.ts";
import { comeInWith } from "../support/first-owner.ts";
import { type HubProcess, startHubProcess } from "../support/hub-process.ts";

// Drift as an operator meets it: found on the instance's page, chosen, repaired; accepted; a policy switched on.
const slug = "drifting";
const viewports = { wide: { width: 1280, height: 900 }, narrow: { width: 360, height: 740 } };
let cloud: TestCloud;
let hub: HubProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  cloud = await testCloud(["--light", "--latency", "instant", "--no-rate-limits"]);
  hub = await startHubProcess(cloud.home);
  browser = await openBrowser();
  const context = await browser.newContext({ viewport: viewports.wide });
  ({ page, complaints } = await watched(context));
  context.setDefaultTimeout(20_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await cloud?.stop();
});

/** As the signed-in person, by the hub's API. */
const call = (method: string, route: string, body?: object) =>
  page.evaluate(
    async ([how, where, what]) => {
      const answer = await fetch(where as string, {
        method: how as string,
        headers: { "content-type": "application/json" },
        ...(what !== undefined && { body: JSON.stringify(what) }),
      });
      return answer.json();
    },
    [method, route, body] as const,
  );

interface Resource {
  step: string;
  id: string;
}

/** Somebody with the provider's token lets everybody sign up, and shows the repository to the world. */
async function plant(): Promise<void> {
  const { items } = (await call("GET", `/api/instances/${slug}/resources`)) as { items: Resource[] }; // as the contract has it
  const idOf = (step: string) => items.find((each) => each.step === step)?.id;
  const patch = (provider: "supabase" | "github", path: string, body: object) =>
    fetch(`${cloud.url}/${provider}${path}`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${cloud.tokens[provider]}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await patch("supabase", `/v1/projects/${idOf("project")}/config/auth`, { disable_signup: false });
  await patch("github", `/repos/${idOf("repository")}`, { private: false });
}

const look = async () => {
  await page.getByRole("button", { name: "Look again" }).click();
  await page.getByText("Looked at.", { exact: true }).first().waitFor();
};

/** Says yes to the repair, and waits until only these differ: the others are left alone. */
async function repaired(left: readonly string[]): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: "Repair", exact: true }).click();
  await page.waitForURL(/\/runs\//);
  await page.locator("main h1 + *", { hasText: "succeeded" }).waitFor({ timeout: 60_000 });
  await page.goto(`${hub.url}/instances/${slug}?tab=drift`);
  const paths = async () => {
    const { items } = (await call("GET", `/api/instances/${slug}/drift/items`)) as {
      items: { path: string }[];
    }; // as the contract has it
    return items.map(({ path }) => path);
  };
  await expect.poll(paths, { timeout: 30_000 }).toEqual(left);
}

test("an untouched instance has none; what was planted is found, one is accepted, all repaired", async () => {
  await comeInWith(page, hub, { slug, name: "Drifting" });
  complaints.length = 0; // asked who is signed in: nobody
  await page.goto(`${hub.url}/instances/${slug}?tab=drift`);
  await look();
  await page.getByText("Everything is as it was accepted, as last seen.").waitFor();

  await plant();
  await page.getByRole("button", { name: "Look again" }).click();
  const list = page.getByRole("list", { name: "Differences" });
  await list.getByText("auth-config.disableSignup").waitFor();
  expect(await list.getByRole("listitem").count()).toBe(2);

  await list.getByRole("checkbox", { name: "repository.private" }).check();
  await page.getByRole("button", { name: "Accept chosen" }).click();
  await list.getByText("accepted", { exact: true }).waitFor();

  await page.getByRole("link", { name: "Drift", exact: true }).click();
  await page.getByRole("heading", { name: "Drift" }).waitFor();
  await list.getByText("repository.private").waitFor();
  await page.getByLabel("Standing").selectOption("open");
  await list.getByText("repository.private").waitFor({ state: "detached" });
  await list.getByRole("link", { name: /auth-config/ }).click();

  await list.getByRole("checkbox", { name: "auth-config.disableSignup" }).check();
  await page.getByRole("button", { name: "Repair chosen" }).click();
  await repaired(["repository.private"]);
  await list.getByRole("checkbox", { name: "repository.private" }).check();
  await page.getByRole("button", { name: "Repair chosen" }).click();
  await repaired([]);
  expect(complaints).toEqual([]);
}, 180_000);

test("an owner switches a policy on, and it is kept", async () => {
  await page.goto(`${hub.url}/drift`);
  await page.getByRole("switch", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await page.getByRole("switch", { name: "Sign-in" }).waitFor();
  expect(await page.getByRole("switch", { name: "Sign-in" }).isChecked()).toBe(true);
  expect(await page.getByRole("switch", { name: "Repository" }).isChecked()).toBe(false);
  await page.getByRole("switch", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
}, 60_000);

test.each([
  ["light", "wide"],
  ["dark", "wide"],
  ["light", "narrow"],
  ["dark", "narrow"],
] as const)(
  "both pages are readable: %s, %s",
  async (colorScheme, size) => {
    await plant();
    await call("POST", `/api/instances/${slug}/drift/check`, {});
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewports[size]);
    for (const path of ["/drift", `/instances/${slug}?tab=drift`]) {
      await page.goto(`${hub.url}${path}`);
      await page.getByRole("list", { name: "Differences" }).getByText("repository.private").waitFor();
      expect(await violations(page)).toEqual([]);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow).toBeLessThanOrEqual(0);
      if (process.env.ATOLL_SHOTS)
        await page.screenshot({
          path: `${process.env.ATOLL_SHOTS}/${colorScheme}-${size}${path.replace(/\W/g, "-")}.png`,
          fullPage: true,
        });
    }
  },
  60_000,
);
