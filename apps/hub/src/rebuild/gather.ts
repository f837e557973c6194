import { type Origin, originFile, originKey, readOrigin } from "@atoll/blueprint-kit/origin";
import type { OwnedThings } from "../sweep/owned.ts";

/** What says of an instance what it was made of. */
interface Witness {
  /** "the database of project REF", for people. */
  where: string;
  origin: Origin;
}

/** An instance as its marks at the providers show it. */
export interface Candidate {
  id: string;
  witnesses: readonly Witness[];
  /** Ref of the project whose database says that it belongs to it; undefined = none that could be asked does. */
  project: string | undefined;
  /** Further projects that say so. */
  others: readonly string[];
  /** Version of its schema. */
  version: number | undefined;
  createdAt: Date | undefined;
}

/** All instances whose marks stand in one set of accounts, with what is said of them there. Reads only. */
export async function gather(owned: OwnedThings): Promise<Candidate[]> {
  const folders = owned.kinds.find(({ kind }) => kind === "gitea.folder");
  const [projects, kept] = await Promise.all([owned.projects.list(), folders?.list() ?? []]);
  const found = new Map<string, Candidate>();
  const at = (id: string): Candidate =>
    found.get(id) ?? {
      id,
      witnesses: [],
      project: undefined,
      others: [],
      version: undefined,
      createdAt: undefined,
    };
  const witness = (id: string, where: string, said: unknown): Witness[] => {
    const origin = readOrigin(said);
    // It says whose it is twice: what was copied from another instance does not count.
    return origin?.id === id ? [{ where, origin }] : [];
  };

  for (const { id: ref, instance, says, version, createdAt } of projects) {
    if (instance === undefined) continue;
    const before = at(instance);
    const said = witness(instance, `the database of project ${ref}`, says[originKey]);
    found.set(instance, {
      ...before,
      witnesses: [...before.witnesses, ...said],
      ...(before.project === undefined
        ? { project: ref, version, createdAt }
        : { others: [...before.others, ref] }),
    });
  }
  for (const { instance, name, createdAt } of kept) {
    if (instance === undefined) continue;
    const before = at(instance);
    const said = witness(instance, `the folder ${name}`, await originInFolder(owned, name));
    found.set(instance, {
      ...before,
      witnesses: [...before.witnesses, ...said],
      createdAt: before.createdAt ?? createdAt,
    });
  }
  return [...found.values()].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = ({ id, witnesses }: Candidate) => `${witnesses[0]?.origin.slug ?? "~"} ${id}`;

/** What an instance's folder says that it was made of, as it was read; undefined where it says nothing. */
export async function originInFolder(owned: OwnedThings, name: string): Promise<unknown> {
  const text = await owned.operationsFile(`${name}/${originFile}`);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
