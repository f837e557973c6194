import path from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { browserFlags, chromiumPath } from "./chromium.ts";

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath(), args: browserFlags });

/** A page that remembers what its browser complained of. */
export interface WatchedPage {
  page: Page;
  complaints: string[];
}

/** Opens a page; errors of scripts and of the console are kept. */
export async function watched(context: BrowserContext): Promise<WatchedPage> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(`${line.text()} ${line.location().url}`.trim());
  });
  return { page, complaints };
}

interface AxeViolation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe finds wrong with a page as it is now: one line each. */
export async function violations(page: Page): Promise<string[]> {
  // By the debugger's own way in: the page's policy allows no foreign script, and stays on.
  await page.evaluate(axe.source);
  const found = (await page.evaluate("axe.run().then((result) => result.violations)")) as AxeViolation[]; // axe's own shape
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ""}`),
  );
}

/** Holds a page to what every page is held to: nothing for axe to find and no overflow, on a desk and on a phone. */
export async function fits(page: Page): Promise<void> {
  for (const [width, scheme] of [
    [1280, "light"],
    [360, "dark"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    // Colours change by a transition when the scheme does.
    await expect.poll(() => violations(page), { timeout: 15_000 }).toEqual([]);
    const wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
    expect(wide).toBeLessThanOrEqual(0);
    const { SHOTS } = process.env; // where somebody wants to see them
    const place = new URL(page.url()).pathname.replaceAll("/", "-");
    if (SHOTS) await page.screenshot({ path: path.join(SHOTS, `${place}-${width}.png`), fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}
