// What the project depends on: known weaknesses by the registry's advisories, and licences that ask nothing of whoever
// uses the project. Exit code 0 well, 1 something was found, 2 the registry answers no audits.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type LockFile, licencesIn, refusedLicences } from "./licences.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const severities = ["info", "low", "moderate", "high", "critical"] as const;
type Severity = (typeof severities)[number];

/** From this severity on an advisory fails: `npm run audit -- --level critical`. Default: high. */
function levelOf(args: readonly string[]): Severity {
  const given = args[args.indexOf("--level") + 1];
  const level = args.includes("--level") ? severities.find((each) => each === given) : "high";
  if (level !== undefined) return level;
  console.error(`--level has to be one of ${severities.join(", ")}.`);
  process.exit(2);
}

interface Report {
  metadata?: { vulnerabilities?: Partial<Record<Severity, number>> };
  vulnerabilities?: Record<
    string,
    { name: string; severity: Severity; range: string; fixAvailable: unknown }
  >;
}

/** The registry's advisories for what the lock file names; undefined = it did not answer. */
function advisories(omitDev: boolean): Report | undefined {
  const { stdout } = spawnSync("npm", ["audit", "--json", ...(omitDev ? ["--omit=dev"] : [])], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  try {
    const report = JSON.parse(stdout) as Report; // npm's own form; what is used is looked at
    return report.metadata?.vulnerabilities === undefined ? undefined : report;
  } catch {
    return undefined;
  }
}

const args = process.argv.slice(2);
const level = levelOf(args);
const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, "utf8")) as LockFile; // npm's own form
/** What an installed package says of itself: old ones have a list, `licenses`. */
function said(at: string): string | undefined {
  const file = `${root}/${at}/package.json`;
  if (!existsSync(file)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(file, "utf8")) as {
    license?: unknown;
    licenses?: unknown;
  }; // looked at below
  if (typeof license === "string") return license;
  const types = Array.isArray(licenses) ? licenses.map((each: { type?: unknown }) => each?.type) : [];
  return types.length > 0 && types.every((each) => typeof each === "string") ? types.join(" OR ") : undefined;
}

const licensed = licencesIn(lock, said);
const refused = refusedLicences(licensed);
for (const { name, version, licence } of refused)
  console.error(
    `${name}@${version} has the licence ${licence ?? "(none said)"}, which is not on the list in scripts/licences.ts.`,
  );
console.log(`${licensed.length} packages, ${refused.length} with a licence that is not permissive.`);

const report = advisories(args.includes("--omit-dev"));
if (report === undefined) {
  console.error(
    "The registry answers no audits: nothing is known about weaknesses. Ask again with one that does (npm config get registry).",
  );
  process.exitCode = refused.length > 0 ? 1 : 2;
} else {
  const bad = Object.values(report.vulnerabilities ?? {}).filter(
    ({ severity }) => severities.indexOf(severity) >= severities.indexOf(level),
  );
  for (const { name, severity, range } of bad) console.error(`${severity}: ${name} ${range}`);
  console.log(`${bad.length} packages with weaknesses of severity ${level} or above.`);
  process.exitCode = bad.length > 0 || refused.length > 0 ? 1 : 0;
}
