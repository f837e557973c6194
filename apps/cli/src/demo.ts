// `npm run demo`: everything up, then "Toko A" is provisioned before your eyes and stays until Ctrl-C.
// With `--once` it is destroyed again at the end and nothing keeps running.
import { parseArgs } from "node:util";
import type { StoredEvent } from "@atoll/core/event";
import { runningClouds, stopClouds } from "@atoll/hub/environments/clouds";
import { homeFolder } from "@atoll/hub/home";
import type { Runtime } from "@atoll/hub/runtime";
import { destroy } from "./commands/destroy/handler.ts";
import { up } from "./commands/up/handler.ts";
import { commandContext } from "./context.ts";
import { exitCode } from "./output/exit-codes.ts";
import { duration, paint } from "./output/paint.ts";
import { render, showProblem } from "./output/render.ts";
import { pathReport } from "./output/report.ts";
import { interrupted } from "./until-interrupted.ts";

const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });
const client = { name: "Toko A", adminEmail: "owner@toko-a.example" };

const ending = interrupted();
const home = homeFolder(process.env);
const context = commandContext(process.env);
// Counted from the start of this process: starting Postgres and the local cloud is part of it.
const sinceStart = () => performance.now();

/** "toko-a", or "toko-a-2" and so on: a removed instance keeps its slug, and a demo can be run again. */
async function demoSlug(runtime: Runtime): Promise<string> {
  const known = await runtime.journal.list();
  const removed = new Set(known.filter((each) => each.state === "removed").map((each) => each.slug));
  let slug = "toko-a";
  for (let count = 2; removed.has(slug); count++) slug = `toko-a-${count}`;
  return slug;
}

async function report(runtime: Runtime, slug: string): Promise<void> {
  const last = (await runtime.journal.runs(slug)).at(-1);
  if (last === undefined) return;
  const events: StoredEvent[] = [];
  for await (const event of runtime.journal.events(last.id, { follow: false })) events.push(event);
  const { text } = pathReport(events, runtime.stepsOf("business"));
  console.log(`  critical path  ${text}`);
}

try {
  const before = await runningClouds(process.env, home);
  const runtime = await context.open({ worker: true });
  try {
    for (const remark of context.remarks())
      if (remark.type === "remark") console.log(paint("dim", remark.text));
    const slug = await demoSlug(runtime);
    console.log(`Provisioning "${client.name}" on the local cloud.\n`);
    const handler = up(
      { ...context, desk: async () => runtime.lent() },
      { ...client, slug, blueprint: "business" },
    );
    process.exitCode = await render("human", handler);
    if (process.exitCode === exitCode.ok) {
      await report(runtime, slug);
      console.log(`  from the command to the live address  ${paint("bold", duration(sinceStart()))}`);
      console.log(paint("dim", "\nSign in as owner@toko-a.example with the password in the welcome mail."));
    }
    if (values.once) {
      if (process.exitCode === exitCode.ok) {
        process.exitCode = await render(
          "human",
          destroy({ ...context, desk: async () => runtime.lent() }, { slug, confirm: slug }),
        );
      }
    } else if (process.exitCode === exitCode.ok) {
      console.log(
        paint("dim", "It goes on until Ctrl-C; `npm run reset` empties the home folder afterwards."),
      );
      await ending;
      console.log("\nEnding …");
    }
  } finally {
    await runtime.close();
  }
  await stopClouds(process.env, home, before);
} catch (error) {
  showProblem(error);
  process.exitCode = exitCode.failed;
}
