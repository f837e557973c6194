import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { atollIn, cleanEnv } from "../support/atoll.ts";
import { browserFlags, chromiumPath } from "../support/chromium.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const home = mkdtempSync(path.join(tmpdir(), "atoll-demo-"));
const admin = "owner@toko-a.example";
const ownPassword = "four happy goats sing";

let demo: ChildProcess;
let exited: Promise<number | null>;
let said = "";
let cloudPid = 0;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

async function sentence(pattern: RegExp, withinMs: number): Promise<string> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const found = pattern.exec(said);
    if (found !== null) return found[1] ?? found[0];
    if (demo.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`The demo never said ${pattern}:\n${said}`);
    await sleep(100);
  }
}

beforeAll(async () => {
  // Through here the embedded Postgres's own user reaches its data, where the tests run as root.
  await chmod(home, 0o711);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: browserFlags });
  page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(line.text());
  });
  demo = spawn(process.execPath, ["scripts/node.mjs", "apps/cli/src/demo.ts"], {
    cwd: root,
    env: cleanEnv(home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [demo.stdout, demo.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
  exited = new Promise((resolve) => demo.once("exit", resolve));
});

afterAll(async () => {
  await browser?.close();
  if (demo?.exitCode === null) {
    demo.kill("SIGINT");
    await exited;
  }
  rmSync(home, { recursive: true, force: true });
});

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("the demo makes a shop; its admin signs in, changes the password and keeps a contact", async () => {
  // A first build installs the template's packages: minutes on a slow machine.
  const url = await sentence(/is live at (http:\/\/\S+)/, 300_000);
  const mailbox = await sentence(/welcome mail lies at (http:\/\/\S+)/, 5_000);
  await sentence(/critical path {2}.+ = /, 20_000);
  await sentence(/Ctrl-C/, 5_000);
  cloudPid = (JSON.parse(readFileSync(path.join(home, "cloud", "cloud.json"), "utf8")) as { pid: number })
    .pid;

  await page.goto(mailbox);
  await page.getByRole("link", { name: /Toko A is ready/ }).click();
  const mail = page.frameLocator("iframe[title='The mail']");
  expect(await mail.getByRole("link", { name: url }).getAttribute("href")).toBe(url);
  const words = (await mail.locator("body").textContent()) ?? "";
  const password = /One-time password\s*((?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4})/.exec(words)?.[1] ?? "";
  expect(password).not.toBe("");
  expect(said).not.toContain(password);

  await page.goto(url);
  const signIn = async (secret: string) => {
    await page.getByLabel("E-mail").fill(admin);
    await page.getByLabel("Password").fill(secret);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await signIn("not the password");
  await page.getByText("E-mail or password is wrong.").waitFor();
  await signIn(password);
  await page.waitForURL(/\/change-password/);
  // Whatever else is asked for, the temporary password has to go first.
  await page.goto(`${url}/crm/contacts`);
  expect(new URL(page.url()).pathname).toBe("/change-password");
  await page.getByLabel("New password", { exact: true }).fill(ownPassword);
  await page.getByLabel("New password, once more").fill(ownPassword);
  await page.getByRole("button", { name: "Save and continue" }).click();
  await page.getByRole("heading", { name: /Hello/ }).waitFor();

  await page.getByRole("navigation").getByRole("link", { name: "CRM" }).click();
  await page.getByLabel("First name").fill("Siti <i>Rahma</i>");
  await page.getByLabel("E-mail").fill("siti@example.com");
  await page.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("row", { name: /siti@example\.com/ });
  await row.waitFor();
  expect(await row.textContent()).toContain("Siti <i>Rahma</i>");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await page.goto(`${url}/crm/contacts`);
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  await signIn(password);
  await page.getByText("E-mail or password is wrong.").waitFor();
  await signIn(ownPassword);
  await page.getByRole("heading", { name: /Hello/ }).waitFor();
  await page.goto(`${url}/crm/contacts`);
  await row.waitFor();
  expect(complaints).toEqual([]);
}, 400_000);

test("a key that is set in the vault is used by the running application, without a build", async () => {
  const cloud = JSON.parse(readFileSync(path.join(home, "cloud", "cloud.json"), "utf8")) as { url: string };
  const builds = async () => {
    const log = await (await fetch(`${cloud.url}/control/log?writes=1`)).json();
    return (log as { provider: string }[]).filter(({ provider }) => provider !== "supabase"); // as it documents
  };
  const before = await builds();
  const atoll = atollIn(() => home);
  const set = (key: string, value: string) => atoll("vault", "set", "toko-a", key, value, "--public");
  expect(await set("APP_NAME", "Toko <b>Baru</b> & Co")).toMatchObject({ code: 0 });
  expect(await set("CONTACT_EMAIL", "help@toko-a.example")).toMatchObject({ code: 0 });
  expect(await set("LOCALE", "fr")).toMatchObject({ code: 0 });
  await page.goto(new URL("/", page.url()).href);
  // The server keeps what it read for two seconds.
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.locator("html").getAttribute("lang");
      },
      { timeout: 20_000 },
    )
    .toBe("fr");
  expect(await page.title()).toContain("Toko <b>Baru</b> & Co");
  await page.getByRole("link", { name: "help@toko-a.example" }).waitFor();
  expect(await builds()).toEqual(before);
  expect(complaints).toEqual([]);
}, 60_000);

test("Ctrl-C ends the demo with everything it started", async () => {
  const pids = [demo.pid ?? 0, cloudPid];
  demo.kill("SIGINT");
  expect(await exited).toBe(0);
  expect(pids.filter(alive)).toEqual([]);
}, 60_000);
