// How long the console's list of 10,000 instances takes in a browser, and how smoothly it scrolls, against a plain page
// of the same rows without any library: what the browser itself needs.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createClient } from "@atoll/contract/client";
import type { InstanceSummary } from "@atoll/contract/schemas/instance";
import pg from "pg";
import { chromium, type Page } from "playwright-core";
import { startServer } from "./kit/child.ts";
import { atEnd } from "./kit/ending.ts";
import { head, lineOf, spreadOf } from "./kit/figures.ts";
import { openHome } from "./kit/home.ts";
import { openHubDatabase } from "./kit/hub-database.ts";
import { fillInstances, instances } from "./kit/many-instances.ts";

const rounds = 15;
const frameMs = 1000 / 60;

const browserPath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** A page that asks for its rows and writes all of them as plain list items. */
const plainPage = `<!doctype html><meta charset="utf-8"><title>Floor</title>
<style>body{font:13px system-ui;margin:0}li{height:57px}</style><ul id="list"></ul><script>
fetch("/rows").then((answer) => answer.json()).then(({ items }) => {
  document.getElementById("list").replaceChildren(...items.map((each) => {
    const line = document.createElement("li");
    line.textContent = [each.name, each.url, each.blueprint, each.state].join("  ");
    return line;
  }));
});
</script>`;

/** Serves the plain page and its rows. */
async function startPlain(rows: () => Promise<InstanceSummary[]>): Promise<string> {
  const server = createServer(async (request, answer) => {
    const isRows = request.url === "/rows";
    answer.setHeader("content-type", isRows ? "application/json" : "text/html");
    answer.end(isRows ? JSON.stringify({ items: await rows() }) : plainPage);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(async () => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return `http://127.0.0.1:${port}/`;
}

/** From the start of the navigation until rows have been painted, in milliseconds. */
async function openedMs(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: "commit" });
  await page.locator("li").nth(10).waitFor();
  return Number(
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))",
    ),
  );
}

/** Lengths of the frames while the page is scrolled by its wheel, in milliseconds. */
async function scrolledMs(page: Page): Promise<number[]> {
  await page.evaluate(`(() => {
    window.frames_ = []; let last = performance.now();
    const next = (now) => { window.frames_.push(now - last); last = now; window.loop_ = requestAnimationFrame(next); };
    window.loop_ = requestAnimationFrame(next);
  })()`);
  await page.mouse.move(600, 500);
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, 300);
  const frames = await page.evaluate("cancelAnimationFrame(window.loop_), window.frames_.slice(1)");
  return frames as number[]; // what the loop above gathered
}

/**
 * Opens and scrolls both pages, in turn.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const root = fileURLToPath(new URL("../", import.meta.url));
  if (!existsSync(browserPath)) throw new Error("No Chromium here: name it in CHROMIUM_PATH.");
  execFileSync(process.execPath, ["scripts/build.ts"], { cwd: root });
  const { env } = await openHome(["--latency", "instant"]);
  const databaseUrl = await openHubDatabase(env);
  const hub = await startServer<{ url: string; key: string }>("hub", {
    ...env,
    BENCH_CONSOLE: fileURLToPath(new URL("../apps/console/dist", import.meta.url)),
  });
  const sql = new pg.Client({ connectionString: databaseUrl });
  await sql.connect();
  atEnd(() => sql.end());
  await fillInstances(sql);

  const client = createClient({ baseUrl: hub.url, apiKey: hub.key });
  // The same statement and the same number of rows as the console's first call.
  const plainUrl = await startPlain(
    async () => (await client.call("listInstances", { query: { limit: 500 } })).items,
  );
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  atEnd(() => browser.close());
  const viewport = { width: 1280, height: 900 };
  const consolePage = await (
    await browser.newContext({ viewport, extraHTTPHeaders: { authorization: `Bearer ${hub.key}` } })
  ).newPage();
  const plain = await (await browser.newContext({ viewport })).newPage();

  const opened = { console: [] as number[], plain: [] as number[] };
  const frames = { console: [] as number[], plain: [] as number[] };
  for (let round = 0; round <= rounds; round++)
    for (const [side, page, url] of [
      ["console", consolePage, `${hub.url}/instances`],
      ["plain", plain, plainUrl],
    ] as const) {
      const tookMs = await openedMs(page, url);
      const scroll = await scrolledMs(page);
      if (round === 0) continue; // the first one fills caches
      opened[side].push(tookMs);
      frames[side].push(...scroll);
    }
  const spread = {
    console: spreadOf(opened.console),
    plain: spreadOf(opened.plain),
    consoleFrames: spreadOf(frames.console),
    plainFrames: spreadOf(frames.plain),
  };
  return {
    ratio: spread.console.p50 / spread.plain.p50,
    target: 5,
    also: [
      // Two frames and a little: what the browser reports of its screen's beat wanders by tenths.
      {
        what: "p95 of frames while scrolling, in frames",
        ratio: spread.consoleFrames.p95 / frameMs,
        target: 2.1,
      },
    ],
    figures: { instances, rounds, ...spread },
    text: [
      `${instances} instances in Chromium, ${rounds} rounds each; scrolled by 60 turns of the wheel a round.`,
      "",
      head,
      lineOf("rows painted, console", spread.console),
      lineOf("rows painted, plain page", spread.plain),
      lineOf("frames, console", spread.consoleFrames),
      lineOf("frames, plain page", spread.plainFrames),
    ].join("\n"),
  };
}
