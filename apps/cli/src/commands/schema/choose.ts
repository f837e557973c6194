import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { instanceStates } from "@atoll/contract/schemas/instance";
import { Fault } from "@atoll/core/fault";
import type { Desk } from "../../desk.ts";
import { all } from "./words.ts";

/** Which instances `schema update` means; one of the first three is said. */
export interface ChooseInput {
  slug?: string | undefined;
  all: boolean;
  where?: string | undefined;
  environment?: string | undefined;
  canary?: string[] | undefined;
}

/** Instances of one blueprint in one environment: what one rollout takes. */
export interface Chosen {
  blueprint: string;
  environment: string;
  /** What is behind, or nobody knows. */
  items: InstanceSchema[];
  /** Undefined = all that are behind. */
  slugs: string[] | undefined;
  canary: string[] | undefined;
}

const wrong = (what: string, next: string, field: string) => new Fault("rejected", { what, next, field });

const filters = ["blueprint", "environment", "state"] as const;
type Filter = Partial<Record<(typeof filters)[number], string>>;

function filterOf(where: string): Filter {
  const pairs = where.split(",").map((each) => each.split("=").map((part) => part.trim()));
  const names = new Set<string | undefined>();
  for (const [name, value, ...more] of pairs) {
    const isKnown = filters.some((each) => each === name) && value && more.length === 0 && !names.has(name);
    if (!isKnown)
      throw wrong(`"${where}" chooses nothing.`, "Say it like blueprint=shop or state=live.", "where");
    if (name === "state" && !instanceStates.some((each) => each === value))
      throw wrong(`There is no state "${value}".`, `Use one of: ${instanceStates.join(", ")}.`, "where");
    names.add(name);
  }
  return Object.fromEntries(pairs);
}

const isBehind = ({ version, pending }: InstanceSchema) => version === undefined || pending.length > 0;

async function behind(desk: Desk, filter: Filter): Promise<InstanceSchema[]> {
  const { blueprint, environment, state } = filter;
  const items = await all((cursor) => desk.schemas.list({ blueprint, environment, limit: 500, cursor }));
  return items.filter((each) => isBehind(each) && (state === undefined || each.state === state));
}

/** One that cannot be looked at is neither behind nor well: what it met is the answer. One without a ledger is taken. */
async function looked(desk: Desk, slug: string): Promise<InstanceSchema[]> {
  const items = await desk.schemas.check({ slug });
  const problem = items.find((each) => each.problem !== undefined && !isBehind(each))?.problem;
  if (problem === undefined) return items;
  throw new Fault(problem.kind, { what: problem.what, next: problem.next });
}

/** Throws a fault unless exactly one way of choosing is there. */
export function mustChoose({ slug, all: everything, where, canary }: ChooseInput): void {
  const ways = [slug !== undefined, everything, where !== undefined].filter((each) => each).length;
  if (ways !== 1)
    throw wrong(
      ways === 0
        ? "Nothing says which instances are meant."
        : "Several things say which instances are meant.",
      "Name one (`atoll schema update toko-a`), or say --all, or --where blueprint=NAME.",
      "slug",
    );
  if (where !== undefined) filterOf(where);
  if (slug !== undefined && canary !== undefined)
    throw wrong("One instance alone has no canary.", "Leave --canary out.", "canary");
}

/** What is behind among those that are meant, by rollout; empty = nothing is to be done. */
export async function choose(desk: Desk, input: ChooseInput): Promise<Chosen[]> {
  const { slug, where, canary } = input;
  const said: Filter = where === undefined ? {} : filterOf(where);
  const filter = { ...said, environment: said.environment ?? input.environment };
  // One alone is looked at now; of many the rollout asks each in its turn.
  const items = slug === undefined ? await behind(desk, filter) : (await looked(desk, slug)).filter(isBehind);
  const strange = canary?.find((each) => !items.some(({ instance }) => instance === each));
  if (strange !== undefined)
    throw wrong(
      `The canary "${strange}" is not among those that are behind.`,
      "`atoll schema check` says which are.",
      "canary",
    );
  const isAll = slug === undefined && filter.state === undefined;
  const groups = Map.groupBy(items, ({ blueprint, environment }) => `${environment} ${blueprint}`);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const names = members.map(({ instance }) => instance);
    const mine = canary?.filter((each) => names.includes(each));
    return {
      blueprint: first.blueprint,
      environment: first.environment,
      items: members,
      slugs: isAll ? undefined : names,
      canary: mine && mine.length > 0 ? mine : undefined,
    };
  });
}
