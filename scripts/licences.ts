/** A lock file of npm, version 3, as far as licences go. */
export interface LockFile {
  packages: Record<
    string,
    {
      version?: string;
      license?: string;
      link?: boolean;
      dev?: boolean;
      optional?: boolean;
      optionalDependencies?: Record<string, string>;
    }
  >;
}

/** One package that is installed, and what it says of its licence. */
interface Licensed {
  name: string;
  version: string;
  licence: string | undefined;
}

/** Licences that let everybody use, change and pass on, for the price of naming the author. */
const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);

/** Whether an SPDX expression can be met by permissive licences alone: one side of an OR, every side of an AND. */
export function isPermissive(expression: string): boolean {
  const plain = expression.replace(/[()]/g, " ").replace(/\s+/g, " ").trim();
  return plain.split(" OR ").some((side) => side.split(" AND ").every((each) => permissive.has(each.trim())));
}

/**
 * Packages of others in a lock file. What the lock file does not say is taken from the package's own `package.json`, as
 * `said` gives it, and for binaries of other machines from the package that they belong to.
 */
export function licencesIn({ packages }: LockFile, said: (at: string) => string | undefined): Licensed[] {
  const all = Object.entries(packages).filter(
    ([at, { link }]) => at.includes("node_modules/") && link !== true,
  );
  const nameOf = (at: string) => at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length);
  const parents = new Map(
    all.flatMap(([, { license, optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}).map((name) => [name, license] as const),
    ),
  );
  return all.map(([at, { version = "", license, optional }]) => {
    const name = nameOf(at);
    return { name, version, licence: license ?? said(at) ?? (optional ? parents.get(name) : undefined) };
  });
}

/** Those whose licence is not permissive, or not said. */
export const refusedLicences = (licensed: readonly Licensed[]): Licensed[] =>
  licensed.filter(
    ({ name, licence }) =>
      ![...agreed.keys()].some((each) => name === each || name.startsWith(`${each}-`)) &&
      !(licence && isPermissive(licence)),
  );

/** Looked at one by one, with the reason: a name stands for its binaries (`NAME-linux-x64`), too. */
const agreed = new Map([
  ["axe-core", "MPL-2.0: used unchanged in tests, passed on to nobody."],
  ["lightningcss", "MPL-2.0: used unchanged to build the console's styles, passed on to nobody."],
  ["humanize-number", "MIT, said in its Readme alone; part of a server for tests."],
  ["only", "MIT, said in its Readme alone; part of a server for tests."],
  [
    "supabase-management-js",
    "The package says nothing; an independent client in tests, passed on to nobody.",
  ],
]);
