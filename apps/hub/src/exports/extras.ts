import { spawn } from "node:child_process";
import type { Extra } from "@atoll/archive/extras";
import { type PgDumpOptions, pgDump } from "@atoll/archive/sql-text";
import { Fault } from "@atoll/core/fault";
import type { Situation } from "@atoll/core/operation";
import type pg from "pg";
import type { RowsFrom } from "../backups/database.ts";

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** A text without the secrets that the hub chose for the instance. */
function blotted(text: string, secrets: Situation["secrets"]): string {
  let plain = text;
  for (const secret of Object.values(secrets)) plain = plain.replaceAll(secret.expose(), "[left out]");
  return plain;
}

/** The instance's workflows as n8n can import them again, read now; credentials in them are names, never data. */
export async function* workflowsOf({ instance, steps, things, secrets }: Situation): AsyncGenerator<Extra> {
  for (const step of steps) {
    const thing = things.get(step.step);
    if (step.does !== "resource" || thing?.kind !== "n8n.workflow") continue;
    const seen = await step.resource.observe({ instance: instance.id, name: thing.name, id: thing.id });
    if (seen.is !== "present") continue;
    const { definition } = Object(seen.attrs) as { definition?: unknown }; // as its adapter gives it
    if (definition === undefined) continue;
    const text = blotted(json(definition).toString("utf8"), secrets);
    yield { kind: "workflow", id: step.step, content: [Buffer.from(text)] };
  }
}

/** Ids of those workflows, for the checkpoint. */
export const workflowIds = ({ things }: Situation): string[] =>
  [...things].flatMap(([step, { kind }]) => (kind === "n8n.workflow" ? [step] : []));

/** What of `pg_dump` the hub runs has no other way than a connection. */
function connectionOf(from: RowsFrom): pg.Client {
  if ("client" in from) return from.client;
  throw new Fault("rejected", {
    what: "pg_dump needs a connection to the database, and there is only its SQL endpoint.",
    next: "Leave `sql` out, or give the instance's environment a connection string.",
    field: "sql",
  });
}

/** What `pg_dump` prints of the instance's own schema, as a part of its archive. */
export function sqlOf(from: RowsFrom): Extra {
  const { host, port, user = "", database = "", password } = connectionOf(from);
  const options: PgDumpOptions = {
    host,
    port,
    user,
    database,
    password: String(password ?? ""),
    program: tool,
  };
  return { kind: "sql", id: "public", content: pgDump(options) };
}

/** Throws a fault where no `pg_dump` is installed that can read this server: better before an hour of rows than after it. */
export async function mustHavePgDump(from: RowsFrom): Promise<void> {
  const { rows } = await connectionOf(from).query<{ version: string }>("show server_version_num");
  const server = Math.floor(Number(Object.values(rows[0] ?? {})[0]) / 10_000);
  const installed = await installedPgDump();
  if (installed !== undefined && installed >= server) return;
  throw new Fault("rejected", {
    what:
      installed === undefined
        ? "pg_dump is not installed on the hub."
        : `The hub's pg_dump is of version ${installed}, and the database's server of version ${server}.`,
    next: "Install the client programs of Postgres in the server's version or a newer one, or leave `sql` out.",
    field: "sql",
  });
}

const tool = "pg_dump";

/** The major version of the installed tool. */
function installedPgDump(): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = spawn(tool, ["--version"], {
      env: { PATH: process.env.PATH },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let said = "";
    child.stdout.on("data", (text) => (said += text));
    child.once("error", () => resolve(undefined));
    child.once("close", () => {
      const version = /(\d+)[.\d]*/.exec(said)?.[1];
      resolve(version === undefined ? undefined : Number(version));
    });
  });
}

/** The files that the project's storage lists, without their contents; nothing where it has no storage. */
export async function* filesListed(
  ask: (sql: string) => Promise<Record<string, unknown>[]>,
): AsyncGenerator<Extra> {
  const [there] = await ask("select to_regclass('storage.objects') is not null as there");
  if (there?.there === true) yield { kind: "files", id: "storage", content: linesOf(ask) };
}

async function* linesOf(ask: (sql: string) => Promise<Record<string, unknown>[]>): AsyncGenerator<Buffer> {
  for (let after = ""; ; ) {
    const rows = await ask(
      `select id::text as id, json_build_object('bucket', bucket_id, 'name', name, 'metadata', metadata)::text as line
         from storage.objects ${after === "" ? "" : `where id > '${after}'::uuid`} order by id limit 1000`,
    );
    if (rows.length === 0) return;
    yield Buffer.from(rows.map(({ line }) => `${line}\n`).join(""));
    after = String(rows.at(-1)?.id).replace(/[^0-9a-f-]/g, "");
  }
}
