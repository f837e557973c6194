import { ArchiveFault, type Finding, useAnother } from "./damage.ts";
import { linesOf, partsOf } from "./lines.ts";
import { tableName } from "./manifest.ts";
import { type Archive, type OpenOptions, openArchive } from "./open.ts";
import { readRow } from "./rows.ts";

/** What an archive should be, beside whole. */
export interface Expectation {
  /** Id of the instance it has to be of. */
  instanceId?: string;
  /** It must not have been made before. */
  notBefore?: Date;
}

/** What a check found: `whole` when `findings` is empty. `archive` where its manifest could be read. */
export interface Checked {
  whole: boolean;
  findings: Finding[];
  archive?: Archive;
}

/** After so many findings nothing more is looked for. */
const mostFindings = 100;

/** Runs something that throws `ArchiveFault`s, and gives what it found. */
async function findingOf(work: () => unknown): Promise<Finding | undefined> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ArchiveFault) return error.finding;
    throw error;
  }
}

function* judge({ manifest }: Archive, expected: Expectation): Generator<Finding> {
  const { instance, madeAt } = manifest;
  if (expected.instanceId !== undefined && instance.id !== expected.instanceId)
    yield {
      damage: "wrong-instance",
      where: "manifest.json",
      what: `The archive is of the instance "${instance.slug}", not of the one it should be of.`,
      next: "Look for this instance's own backup, and find out what wrote into its place.",
    };
  if (expected.notBefore && new Date(madeAt) < expected.notBefore)
    yield {
      damage: "stale",
      where: "manifest.json",
      what: `The archive was made at ${madeAt}, and should not be older than ${expected.notBefore.toISOString()}.`,
      next: "Take a new backup, and look why the scheduled one did not run.",
    };
  if (manifest.tables.length === 0 || (manifest.kind === "backup" && manifest.parts.length === 0))
    yield {
      damage: "empty-archive",
      where: "manifest.json",
      what: "The archive names no table, or holds no part: nothing can be restored from it.",
      next: "Take a new backup, and look whether the login that takes it sees the tables.",
    };
}

/** Files that an archive has beside its parts. */
const beside = new Set(["seal.json", "manifest.json", "manifest.hmac", "progress.json"]);

async function* extraParts(
  { storage, prefix }: OpenOptions,
  { manifest, sealed }: Archive,
): AsyncGenerator<Finding> {
  const known = new Set(manifest.parts.map(({ name }) => name));
  for await (const { name } of storage.list(`${prefix}/`)) {
    const within = name.slice(prefix.length + 1);
    const part = sealed && within.endsWith(".sealed") ? within.slice(0, -".sealed".length) : within;
    if (known.has(part) || beside.has(part)) continue;
    yield {
      damage: "extra-part",
      where: within.slice(0, 400),
      what: "A file lies in the archive that its manifest does not name.",
      next: "Find out who put it there, then remove it; the archive itself can be used.",
    };
  }
}

/**
 * Looks whether an archive is whole and the one it should be: every part is read, opened, unpacked and counted. Damage
 * is a finding, not an error; a storage that does not answer throws its `Fault`.
 */
export async function checkArchive(options: OpenOptions, expected: Expectation = {}): Promise<Checked> {
  const findings: Finding[] = [];
  let archive: Archive | undefined;
  const unopened = await findingOf(async () => {
    archive = await openArchive(options);
  });
  if (unopened) findings.push(unopened);
  if (!archive) return { whole: false, findings };
  const opened = archive;
  findings.push(...judge(opened, expected));
  for await (const extra of extraParts(options, opened)) {
    findings.push(extra);
    if (findings.length >= mostFindings) break;
  }
  const columns = new Map<string, number>();
  for (const table of opened.manifest.tables) {
    columns.set(tableName(table), table.columns.length);
    const uneven = await findingOf(() => partsOf(opened, table));
    if (uneven) findings.push(uneven);
  }
  for (const part of opened.manifest.parts) {
    if (findings.length >= mostFindings) break;
    const broken = await findingOf(async () => {
      const plain = await opened.read(part);
      if (part.kind !== "rows") return;
      const width = columns.get(part.of);
      if (width === undefined)
        throw new ArchiveFault({
          damage: "unknown-table",
          where: part.name,
          what: "A part is of no table.",
          next: useAnother,
        });
      for (const line of linesOf(part, plain)) readRow(line, width, part.name);
    });
    if (broken) findings.push(broken);
  }
  return { whole: findings.length === 0, findings, archive: opened };
}
