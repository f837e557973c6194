import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { atEnd } from "../kit/ending.ts";
import { openHubDatabase } from "../kit/hub-database.ts";
import { type Calls, type Throughput, throughputOf } from "./limits.ts";
import { simulateSchedule } from "./schedule.ts";

const fleet = 100_000;

/** What a provisioning calls, as `bench overhead` counts it. */
const provisioningFile = new URL("../overhead.baseline.json", import.meta.url);

const isRead = (name: string) => name.split(" ").some((word) => word === "GET");

/** Work on a whole fleet, by what it calls for one instance. A look for drift reads what a provisioning read last. */
function works(provisioning: Calls): Record<string, Calls> {
  const reads = Object.fromEntries(Object.entries(provisioning).filter(([name]) => isRead(name)));
  return {
    "making them": provisioning,
    "one look for drift at each": reads,
    "a newer template for each": {
      ...reads,
      "GitHub POST /repos/{+repository}/git/blobs": 1,
      "GitHub POST /repos/{+repository}/git/trees": 1,
      "GitHub POST /repos/{+repository}/git/commits": 1,
      "GitHub PATCH /repos/{+repository}/git/refs/heads/{branch}": 1,
      "Vercel POST /v13/deployments": 1,
    },
    "a newer schema for each": {},
  };
}

/** `--simulate`: what the hub's queues and the providers' limits make of 100,000 instances, in virtual time. */
export async function simulateMode(flags: readonly string[]) {
  const instances = flags.includes("--quick") ? 10_000 : fleet;
  const provisioning = JSON.parse(readFileSync(provisioningFile, "utf8")) as Calls; // written by `bench overhead --keep`
  const limits: { work: string; found: Throughput[] }[] = [];
  for (const [work, calls] of Object.entries(works(provisioning)))
    limits.push({ work, found: await throughputOf(calls) });

  const home = mkdtempSync(path.join(tmpdir(), "atoll-bench-"));
  chmodSync(home, 0o711); // through here Postgres's own user reaches its data
  atEnd(async () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ATOLL_HOME: home };
  const schedule = await simulateSchedule(await openHubDatabase(env), {
    instances,
    driftEveryHours: 24,
    driftLookMs: 2_000,
    driftHours: 2,
    probeEverySeconds: 300,
    probeMs: 500,
    probeMinutes: 10,
  });
  const { drift, monitor } = schedule;
  const days = (perHour: number) => fleet / perHour / 24;
  return {
    // How many looks for drift a day are wanted, against how many there are.
    ratio: instances / drift.perDay,
    target: 1.1,
    figures: { limits, schedule },
    text: [
      `Providers' limits, one account each: instances an hour, days for ${fleet}, and what is waited for.`,
      "",
      ...limits.flatMap(({ work, found }) => [
        work,
        ...(found.length === 0 ? ["  nothing that an account's limits count"] : []),
        ...found.map(
          ({ provider, calls, perHour, binds }) =>
            `  ${provider.padEnd(10)} ${String(calls).padStart(3)} calls ${perHour.toFixed(0).padStart(7)} an hour ${days(perHour).toFixed(1).padStart(7)} days   ${binds}`,
        ),
      ]),
      "",
      `The hub's queues, ${instances} instances, in virtual time on a real database.`,
      "",
      `drift, one look a day, 2 s each      ${drift.looks} looks in ${drift.hours.toFixed(1)} h, ${drift.perDay.toFixed(0)} a day; overdue p50 ${drift.lateSeconds.p50} s, p99 ${drift.lateSeconds.p99} s`,
      `probes, every ${monitor.everySeconds} s, 0.5 s each      ${monitor.looks} looks in ${monitor.minutes.toFixed(1)} min, ${monitor.perSecond.toFixed(0)} a second; overdue p50 ${monitor.lateSeconds.p50} s, p99 ${monitor.lateSeconds.p99} s`,
      `claiming up to 500 due ones          p50 ${monitor.claimMs.p50} ms, p99 ${monitor.claimMs.p99} ms`,
      `seeing that nobody is new            p50 ${monitor.enrolMs.p50} ms, p99 ${monitor.enrolMs.p99} ms, once a second`,
      `seeing that no run has ended          p50 ${schedule.healthMs.p50} ms, p99 ${schedule.healthMs.p99} ms, every 5 s`,
      `tables for one instance              ${schedule.bytesEach.toFixed(0)} bytes (row, drift, probes' queue)`,
    ].join("\n"),
  };
}
