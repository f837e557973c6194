import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startPostgres } from "@atoll/postgres/postgres";
import { giteaEmulator } from "./gitea/emulator.ts";
import { githubEmulator } from "./github/emulator.ts";
import { standAlone } from "./kit/alone.ts";
import { openBus } from "./kit/bus.ts";
import { cloudClock } from "./kit/clock.ts";
import type { CloudContext, Emulator } from "./kit/context.ts";
import { controlRoutes } from "./kit/control.ts";
import { openFaults } from "./kit/faults.ts";
import { openLog } from "./kit/log.ts";
import { cloudApp, listen } from "./kit/serve.ts";
import { type CloudSettings, tokensWith } from "./kit/settings.ts";
import { openStore } from "./kit/store.ts";
import { openMailbox } from "./mail/mailbox.ts";
import { mailboxPages } from "./mail/page.ts";
import { resendEmulator } from "./mail/resend.ts";
import { startSmtp } from "./mail/smtp.ts";
import { n8nEmulator } from "./n8n/emulator.ts";
import { netlifyEmulator } from "./netlify/emulator.ts";
import { supabaseEmulator } from "./supabase/emulator.ts";
import { databaseOf, loginOf } from "./supabase/project.ts";
import { vercelEmulator } from "./vercel/emulator.ts";

/** A running local cloud. */
export interface Cloud {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Written whole or not at all: others read it while it changes. */
function announce(dataDir: string, facts: object): void {
  const file = path.join(dataDir, "cloud.json");
  const making = `${file}.${randomBytes(4).toString("hex")}`;
  writeFileSync(making, JSON.stringify(facts, null, 2), { mode: 0o600 });
  renameSync(making, file);
}

/**
 * What a light cloud's Postgres does without: the disk's own promise (kill -9 of anything still loses nothing, since the
 * system has what was written), and 4,096 rounds of hashing at every sign-in on a loopback address.
 */
const lightly = { fsync: "off", full_page_writes: "off", scram_iterations: "1" };

/** Starts Postgres, all emulators and the server, and writes `cloud.json` so that others find them. */
export async function startCloud(settings: CloudSettings): Promise<Cloud> {
  // What has begun is ended in reverse order, at the end and when a later start fails.
  const endings: (() => unknown)[] = [];
  const close = async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await begin(settings, (end) => endings.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function begin(
  settings: CloudSettings,
  endWith: (end: () => unknown) => void,
): Promise<{ url: string; port: number }> {
  mkdirSync(settings.dataDir, { recursive: true });
  chmodSync(settings.dataDir, 0o711); // as root, Postgres runs as another user and has to get through
  const postgres = await startPostgres({
    dataDir: path.join(settings.dataDir, "postgres"),
    // An error's text may hold what somebody wanted to store: none of it goes into the server's log.
    settings: {
      max_connections: "500",
      log_min_messages: "log",
      log_min_error_statement: "panic",
      ...(settings.light && lightly),
    },
  });
  // Where another cloud holds the lock, the server is that one's, and stays.
  const release = await standAlone(postgres.url(), settings.dataDir);
  endWith(() => postgres.stop());
  endWith(release);
  rmSync(path.join(settings.dataDir, "cloud.json"), { force: true }); // of one that was killed
  const store = openStore(settings.dataDir);
  endWith(() => store.close());
  let url = "";
  const tokens = tokensWith(settings.tokenSuffix ?? "");
  const context: CloudContext = {
    settings,
    tokens,
    store,
    clock: cloudClock(() => settings.latencies),
    faults: openFaults(),
    log: openLog(),
    bus: openBus(),
    url: () => url,
    postgresUrl: (database) => postgres.url(database),
    git: {},
  };
  const mailbox = openMailbox(context);
  const smtp = await startSmtp(settings.smtpPort, mailbox);
  endWith(() => smtp.close());
  const emulators: Emulator[] = [];
  for (const start of [
    supabaseEmulator,
    githubEmulator,
    vercelEmulator,
    netlifyEmulator,
    n8nEmulator,
    giteaEmulator,
  ]) {
    const emulator = await start(context);
    emulators.push(emulator);
    endWith(() => emulator.close?.());
  }
  emulators.push(resendEmulator(context, mailbox));
  const pages = controlRoutes(context, emulators, { smtp: `smtp://localhost:${smtp.port}` }).route(
    "/",
    mailboxPages(mailbox),
  );
  const { server, port } = await listen(cloudApp(context, emulators, pages), settings.port);
  endWith(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  url = `http://localhost:${port}`;
  announce(settings.dataDir, {
    url,
    pid: process.pid,
    tokens,
    rateLimits: settings.rateLimits,
    timeScale: settings.latencies.timeScale,
    // As the real address of a project's database, with REF for its ref.
    projectDatabase: `postgresql://${loginOf("REF")}@${new URL(postgres.url()).host}/${databaseOf("REF")}`,
  });
  endWith(() => rmSync(path.join(settings.dataDir, "cloud.json"), { force: true }));
  return { url, port };
}
