import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Parts } from "@atoll/blueprint-kit/parts";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { completed, problemsOf } from "./checked.ts";
import { lendPackages } from "./resolve.ts";

/** A blueprint by anyone: built on whichever accounts there are. */
export interface OutsideBlueprint {
  /** Absolute path of its module. */
  file: string;
  /** Throws a fault that names the file and everything wrong with it. */
  build(parts: Parts): AnyBlueprint;
  /** Answers of an imagined client, where the module gives some: a rehearsal uses them. */
  sample: ((slug: string) => Record<string, unknown>) | undefined;
}

const refused = (file: string, what: string, next: string, cause?: unknown) =>
  new Fault("rejected", { what: `${file}: ${what}`, next, field: "ATOLL_BLUEPRINTS" }, { cause });

/** The module that is meant: a file, or `blueprint.ts` in a folder. */
function fileOf(given: string): string {
  const place = path.resolve(given);
  const candidates = [place, path.join(place, "blueprint.ts"), path.join(place, "src", "blueprint.ts")];
  const found = candidates.find((each) => existsSync(each) && statSync(each).isFile());
  if (found !== undefined) return realpathSync(found);
  throw refused(
    given,
    "there is no such file, nor a blueprint.ts in such a folder.",
    "Name a folder that `atoll blueprint new` made, or the file of a module that exports `blueprint`.",
  );
}

/** Root of the folder that a module belongs to: the nearest one with a package.json. */
function rootOf(file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, "package.json"))) return folder;
    if (folder === path.dirname(folder)) return path.dirname(file);
  }
}

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Loads a blueprint from outside this installation. Throws a fault that says why it cannot be. */
export async function loadBlueprint(given: string): Promise<OutsideBlueprint> {
  const file = fileOf(given);
  lendPackages(pathToFileURL(`${rootOf(file)}/`).href);
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>; // looked at before it is believed
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (codeOf(error) === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING")
      throw refused(
        given,
        "Node runs no TypeScript below a folder node_modules.",
        "Keep the blueprint outside of node_modules.",
        error,
      );
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
    throw refused(given, `it does not load: ${why}`, "Mend the module; `node` shows the whole error.", error);
  }
  const { blueprint, sample } = module;
  if (typeof blueprint !== "function")
    throw refused(given, "it exports no function `blueprint`.", "Export `blueprint = (parts) => …` from it.");
  return {
    file,
    build(parts) {
      let made: unknown;
      try {
        made = blueprint(parts);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw refused(given, `it cannot be built: ${why}`, "Mend the blueprint.", error);
      }
      const problems = problemsOf(made);
      if (problems.length > 0)
        throw refused(
          given,
          problems.join(" "),
          "Mend the blueprint; docs/writing-a-blueprint.md says what it needs.",
        );
      return completed(made as AnyBlueprint); // it has just been looked at
    },
    sample:
      typeof sample === "function"
        ? (slug) => sample(slug) as Record<string, unknown> // its answers are checked like anybody's
        : undefined,
  };
}

/** All that `ATOLL_BLUEPRINTS` names: paths divided by commas. */
export async function outsideBlueprints(env: NodeJS.ProcessEnv): Promise<OutsideBlueprint[]> {
  const given = (env.ATOLL_BLUEPRINTS ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
  const loaded: OutsideBlueprint[] = [];
  // One after the other: the first that cannot be loaded is named.
  for (const each of given) loaded.push(await loadBlueprint(each));
  return loaded;
}

/** All blueprints side by side. Throws a fault when two have one name: instances know theirs by it. */
export function withOutside(
  own: readonly AnyBlueprint[],
  outside: readonly OutsideBlueprint[],
  parts: Parts,
): AnyBlueprint[] {
  const all = [...own];
  for (const each of outside) {
    const built = each.build(parts);
    if (all.some(({ name }) => name === built.name))
      throw refused(
        each.file,
        `there is a blueprint "${built.name}" already.`,
        "Give it another name, or name it once in ATOLL_BLUEPRINTS.",
      );
    all.push(built);
  }
  return all;
}
