// Exporting and importing 1,000,000 rows with a checksum for every part and sealed as a backup is, against a floor:
// `pg_dump | psql` where the tool is as new as the server, otherwise a bare COPY from one database into the other.
// What counts beside the time is the peak of memory: it has to stay where it is when the rows are four times as many.
import { fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createDatabase } from "@atoll/postgres/database";
import { startPostgres } from "@atoll/postgres/postgres";
import pg from "pg";
import { atEnd } from "./kit/ending.ts";
import { median } from "./kit/home.ts";

const quick = process.argv.includes("--quick");
const many = quick ? 100_000 : 1_000_000;
const few = many / 4;
const rounds = quick ? 1 : 3;

const tables = (rows: number) => `
create table public.companies (id bigint primary key, name text not null, made_at timestamptz not null, worth numeric(14, 2));
create table public.contacts (id uuid primary key, company_id bigint not null references public.companies (id),
  email text not null, about jsonb not null, tags text[], made_at timestamptz not null);
${
  rows === 0
    ? ""
    : `insert into public.companies select n, 'Company ' || n, '2026-01-01'::timestamptz + n * interval '1 second', n * 1.11
  from generate_series(1, ${rows / 4}) n;
insert into public.contacts select md5(n::text)::uuid, 1 + n % ${rows / 4}, 'contact' || n || '@client.example',
  jsonb_build_object('note', repeat(md5(n::text), 3), 'n', n), array['a', 'b"' || n], '2026-01-01'::timestamptz + n * interval '1 second'
  from generate_series(1, ${(rows / 4) * 3}) n;`
}
analyze`;

async function sql(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

interface Child {
  ms: number;
  peakMiB: number;
}

/** One half in a process of its own, so that its peak of memory is its own. */
async function child(...args: string[]): Promise<Child> {
  // A heap of fixed size: what grows with the rows would end the process instead of hiding in the collector's slack.
  const process_ = fork(new URL("kit/archive-worker.ts", import.meta.url), args, {
    execArgv: ["--max-old-space-size=48", "--max-semi-space-size=2"],
  });
  const told = new Promise<Child>((resolve) =>
    process_.once("message", (message) => resolve(message as Child)),
  ); // our own worker's words
  const code = await new Promise((resolve, reject) => {
    process_.once("error", reject);
    process_.once("exit", resolve);
  });
  if (code !== 0) throw new Error(`The worker ended with ${code}.`);
  return await told;
}

/** Runs a pipe of programs in a shell; gives whether it worked. */
async function shell(command: string, env: Record<string, string>): Promise<boolean> {
  const run = spawn("bash", ["-o", "pipefail", "-c", command], {
    stdio: "ignore",
    env: { PATH: process.env.PATH, ...env },
  });
  return (await new Promise((resolve) => run.once("exit", resolve))) === 0;
}

/**
 * Measures export and import together against the floor, in pairs.
 * @public `main.ts` imports it by the benchmark's name.
 */
export async function measure() {
  const folder = mkdtempSync(path.join(tmpdir(), "atoll-bench-archive-"));
  const server = await startPostgres({
    dataDir: path.join(folder, "server"),
    settings: { shared_buffers: "256MB" },
  });
  atEnd(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  let made = 0;
  async function fresh(rows: number): Promise<string> {
    const name = `bench${made++}`;
    await createDatabase(server.url("postgres"), name);
    await sql(server.url(name), tables(rows));
    return server.url(name);
  }
  const source = await fresh(many);
  const smaller = await fresh(few);

  async function ours(from: string, rows: number) {
    const storage = path.join(folder, `storage${made}`);
    const into = await fresh(0);
    const dumped = await child("dump", from, storage);
    const loaded = await child("load", into, storage, String(rows));
    return { dumped, loaded, ms: dumped.ms + loaded.ms, into, storage };
  }

  let floorName = "pg_dump | psql";
  async function floor(): Promise<number> {
    const into = await fresh(0);
    const env = { SOURCE: source, TARGET: into };
    const began = performance.now();
    // Into a file and out of it again, as ours goes; rows only, since the tables stand there.
    const file = path.join(folder, "floor.gz");
    const byTool = `pg_dump --data-only --no-owner "$SOURCE" | gzip -3 > ${file} && zcat ${file} | psql -X -q -1 -v ON_ERROR_STOP=1 "$TARGET"`;
    if (floorName === "pg_dump | psql" && (await shell(byTool, env))) return performance.now() - began;
    floorName = "COPY by psql through gzip";
    const copying = performance.now();
    const steps = ["companies", "contacts"].map(
      (table) =>
        `psql -X -q -c "copy public.${table} to stdout" "$SOURCE" | gzip -3 > ${file} && zcat ${file} | psql -X -q -c "copy public.${table} from stdin" "$TARGET"`,
    );
    if (!(await shell(steps.join(" && "), env)))
      throw new Error("The floor did not work: is psql installed?");
    return performance.now() - copying;
  }

  const pairs: { floor: number; ours: Awaited<ReturnType<typeof ours>> }[] = [];
  for (let round = 0; round < rounds; round += 1)
    pairs.push({ floor: await floor(), ours: await ours(source, many) });
  const small = await ours(smaller, few);
  const last = pairs.at(-1)?.ours;
  const compared = last ? await child("compare", last.into, last.storage) : undefined;
  const peak = (run: { dumped: Child; loaded: Child }) => Math.max(run.dumped.peakMiB, run.loaded.peakMiB);
  const peakMiB = Math.max(...pairs.map((each) => peak(each.ours)));
  const figures = {
    rows: many,
    floorName,
    floorMs: median(pairs.map((each) => each.floor)),
    dumpMs: median(pairs.map((each) => each.ours.dumped.ms)),
    loadMs: median(pairs.map((each) => each.ours.loaded.ms)),
    compareMs: compared?.ms,
    peakMiB,
    peakSmallerMiB: peak(small),
    peaksMiB: pairs.map(({ ours: { dumped, loaded } }) => [dumped.peakMiB, loaded.peakMiB]),
    peaksSmallerMiB: [small.dumped.peakMiB, small.loaded.peakMiB],
    ratios: pairs.map((each) => each.ours.ms / each.floor),
  };
  return {
    ratio: median(figures.ratios),
    target: 1.5,
    also: [
      { what: `peak of memory with ${many} rows against ${few}`, ratio: peakMiB / peak(small), target: 1.15 },
    ],
    figures,
    text: [
      `${many} rows in two tables with a foreign key, sealed, with checksums:`,
      `export ${(figures.dumpMs / 1_000).toFixed(1)} s, import ${(figures.loadMs / 1_000).toFixed(1)} s; floor (${floorName}) ${(figures.floorMs / 1_000).toFixed(1)} s`,
      `compared row by row: ${((figures.compareMs ?? 0) / 1_000).toFixed(1)} s, no difference`,
      `peak memory ${peakMiB.toFixed(0)} MiB; with a quarter of the rows ${peak(small).toFixed(0)} MiB`,
      `pairs of atoll and floor: ${figures.ratios.map((each) => each.toFixed(2)).join(", ")}`,
    ].join("\n"),
  };
}
