import type { Page } from "playwright-core";

interface Hub {
  url: string;
  /** Link of whoever comes in first. */
  welcome: string;
}

/** Calls the hub's API with the session of a page; gives the answer's body, and throws it where it is a refusal. */
async function callAs(page: Page, hub: Pick<Hub, "url">, route: string, data?: object): Promise<unknown> {
  const answer = await page.context().request.fetch(`${hub.url}${route}`, {
    method: data === undefined ? "GET" : "POST",
    headers: { origin: hub.url },
    ...(data !== undefined && { data }),
  });
  if (!answer.ok()) throw new Error(`${route}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** Signs the first owner in by clicks, and stops where requests are listed. */
export async function comeIn(page: Page, { welcome }: Pick<Hub, "welcome">): Promise<void> {
  await page.goto(welcome);
  await page.getByLabel("Name").fill("Ada Owner");
  await page.getByLabel("E-mail").fill("ada@atoll.example");
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/requests/);
}

/** Signs the first owner in, and has an instance of the kind `business` made, which is live then. */
export async function comeInWith(
  page: Page,
  hub: Hub,
  { slug, name }: { slug: string; name: string },
): Promise<void> {
  await comeIn(page, hub);
  const answers = { name, slug, adminEmail: `owner@${slug}.example` };
  await callAs(page, hub, "/api/instances", { blueprint: "business", answers });
  // Also before any test has begun, where nothing can be expected.
  const giveUpAt = performance.now() + 120_000;
  for (;;) {
    const { state } = (await callAs(page, hub, `/api/instances/${slug}`)) as { state: string }; // as the contract has it
    if (state === "live") return;
    if (performance.now() > giveUpAt) throw new Error(`"${slug}" is still ${state}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
