import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@atoll/core/fault";
import { exitCode } from "../../output/exit-codes.ts";
import type { Handler } from "../../output/outcome.ts";
import { paint } from "../../output/paint.ts";

const shipped = fileURLToPath(new URL("../../../../../blueprints/", import.meta.url));
const pattern = /^\d{4}_[a-z0-9_]+\.sql$/;

function refused(field: string, what: string, next: string): never {
  throw new Fault("rejected", { what, next, field });
}

const isFolder = (at: string) => existsSync(at) && statSync(at).isDirectory();

/** The folder of a blueprint's migrations, by its name or by its path. */
function folderOf(blueprint: string): string {
  const own = path.join(shipped, blueprint, "migrations");
  if (/^[a-z][a-z0-9-]*$/.test(blueprint) && isFolder(own)) return path.relative(process.cwd(), own);
  if (path.basename(blueprint) === "migrations" && isFolder(blueprint)) return blueprint;
  const isBlueprint = ["blueprint.ts", "src/blueprint.ts"].some((each) =>
    existsSync(path.join(blueprint, each)),
  );
  if (isFolder(path.join(blueprint, "migrations")) || isBlueprint) return path.join(blueprint, "migrations");
  return refused(
    "blueprint",
    `There is no blueprint "${blueprint}", and no folder of one.`,
    "Name one of blueprints/, or the folder that `atoll blueprint new` made.",
  );
}

/** Number that the next migration has. */
function nextNumber(folder: string): number {
  const files = isFolder(folder) ? readdirSync(folder).filter((file) => file.endsWith(".sql")) : [];
  const odd = files.find((file) => !pattern.test(file));
  if (odd !== undefined)
    refused(
      "blueprint",
      `${path.join(folder, odd)} is not named like a migration.`,
      "Name it like 0002_what_it_does.sql.",
    );
  const numbers = files.map((file) => Number(file.slice(0, 4))).sort((a, b) => a - b);
  const gap = numbers.findIndex((number, at) => number !== at + 1);
  if (gap !== -1)
    refused(
      "blueprint",
      `In ${folder} number ${gap + 1} is missing, or a number is used twice.`,
      "Number the files from 0001 without a gap; one that was released keeps its number.",
    );
  if (numbers.length >= 9_999)
    refused("blueprint", "There is no number above 9999.", "Begin a new blueprint.");
  return numbers.length + 1;
}

/** The name of the next file: of some words, or as somebody wrote it out. */
function fileNamed(what: string, number: number): string {
  const head = String(number).padStart(4, "0");
  const isWritten = what.endsWith(".sql");
  const words = what
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  const file = isWritten ? what : `${head}_${words}.sql`;
  if (!pattern.test(file) || file.length > 80)
    refused(
      "what",
      `"${what}" makes no name of a migration.`,
      'Say in some words of a-z what it does, as in "loyalty points".',
    );
  if (!file.startsWith(`${head}_`))
    refused("what", `The next number is ${head}.`, `Name it ${head}${file.slice(4)}.`);
  return file;
}

const template = (what: string) => `-- ${what.replaceAll(/\s+/g, " ").replace(/[.!?]*$/, ".")}
-- Runs once in every database of the fleet, in one transaction, beside pages that know the tables as they were: add
-- first, and take away in a later migration. What was released is not changed any more: the next number mends it.
-- \`atoll schema lint\` says what is dangerous, \`atoll schema test\` runs it on a scratch database.
--
-- A new table is closed until it is opened: row-level security, grants, policies.
--   create table public.things (
--     id uuid primary key default gen_random_uuid(),
--     owner uuid not null references public.users (id) on delete cascade,
--     name text not null check (name ~ '\\S' and char_length(name) <= 200),
--     created_at timestamptz not null default now()
--   );
--   alter table public.things enable row level security;
--   grant select, insert, update, delete on public.things to authenticated;
--   grant select, insert, update, delete on public.things to service_role;
--   create policy things_admin on public.things for all to authenticated
--     using ((select private.my_role()) = 'admin') with check ((select private.my_role()) = 'admin');
-- An index for each foreign key, and for what policies and pages filter by; a new table is empty, so plainly:
--   create index things_owner_idx on public.things (owner);
-- On a table that is in use an index holds up its writers. Build it beside them in a file of its own, whose very
-- first line is "-- atoll: no-transaction":
--   create index concurrently if not exists orders_customer_idx on public.orders (customer_id);

`;

/** `schema new`: makes the next numbered migration of a blueprint, with what a new table needs as a comment. */
export async function* newMigration({ blueprint, what }: { blueprint: string; what: string }): Handler {
  const folder = folderOf(blueprint);
  const number = nextNumber(folder);
  const file = path.join(folder, fileNamed(what, number));
  yield { type: "remark", text: `${folder} holds ${number - 1} so far.` };
  const said = what.endsWith(".sql") ? what.slice(5, -4).replaceAll("_", " ") : what;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, template(said.charAt(0).toUpperCase() + said.slice(1)), { flag: "wx" });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refused("blueprint", `${file} cannot be written: ${why}`, "Name a folder that you may write to.");
  }
  return {
    result: { file, version: number },
    text: [
      `${paint("green", "+")} ${file}`,
      "  Write it, then `atoll schema lint`, `atoll schema test`, `atoll schema update --all`.",
    ].join("\n"),
    exitCode: exitCode.ok,
  };
}
