import type { InstanceDrift } from "@atoll/contract/schemas/drift";
import type { VaultEntry } from "@atoll/contract/schemas/vault";
import type { Team } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import type { Databases } from "../schema/databases.ts";
import type { Schemas } from "../schema/schemas.ts";
import { reportOf } from "../schema/states.ts";
import type { Store } from "../store/store.ts";
import type { Vaults } from "../vault/vaults.ts";
import { unknownAdmins } from "./admins.ts";
import { fromPlan } from "./from-plan.ts";
import { planUnseen, type Seen, type SeenItem } from "./seen.ts";

export interface LookOptions {
  store: Store;
  journal: Pick<Journal, "drift" | "resources">;
  vaults: Pick<Vaults, "drift">;
  schemas: Pick<Schemas, "check">;
  databases(environment: string): Databases;
  /** What a blueprint says of its members. */
  team(blueprint: string): Team | undefined;
}

interface Place {
  id: string;
  slug: string;
  blueprint: string;
  environment: string;
}

const unforeseen = {
  what: "It could not be looked at.",
  next: "The hub's log says where it failed; the next look tries again.",
};

/** Looks at everything of one instance, reading only. What cannot be looked at is said, and keeps nothing else away. */
export async function lookAtAll(instance: Place, options: LookOptions): Promise<Seen> {
  const { store, journal, vaults, schemas, databases } = options;
  const { slug } = instance;
  const problems: InstanceDrift["problems"] = [];
  const blind = new Set<string>();
  const items: SeenItem[] = [];
  const failures: unknown[] = [];
  const resources = await journal.resources(slug);
  const schemaStep = resources.find(({ kind }) => kind === "postgres.schema")?.step;

  /** A part of the look; when it fails, what was seen of `step` before stays. */
  async function part(step: string, where: string, work: () => Promise<SeenItem[]>): Promise<void> {
    try {
      items.push(...(await work()));
    } catch (error) {
      if (error instanceof Fault) {
        const { what, next } = reportOf(error);
        problems.push({ where, what, next });
      } else {
        // What an unforeseen error says may hold values: the log has its kind and place.
        problems.push({ where, ...unforeseen });
        failures.push(error);
      }
      blind.add(step);
    }
  }

  let planned: ReturnType<typeof fromPlan> | undefined;
  await Promise.all([
    part(planUnseen, "plan", async () => {
      planned = fromPlan(await journal.drift(slug));
      return planned.items;
    }),
    part("vault", "vault", async () => (await vaults.drift(slug)).map(vaultItem)),
    ...(schemaStep === undefined
      ? []
      : [
          part(schemaStep, "schema", () => schemaItems(schemas, slug, schemaStep)),
          part("users", "users", async () => {
            const session = await databases(instance.environment).open(slug);
            try {
              const users = resources.filter(({ kind }) => kind === "supabase.user");
              return await unknownAdmins(store, session, {
                id: instance.id,
                users,
                team: options.team(instance.blueprint),
              });
            } finally {
              await session.close();
            }
          }),
        ]),
  ]);
  for (const step of planned?.blind ?? []) blind.add(step);
  return {
    // The plan and the database itself name the same objects of a schema by the same paths.
    items: [...new Map(items.map((each) => [each.path, each])).values()],
    blind,
    problems: [...problems, ...(planned?.problems ?? [])],
    besides: planned?.besides ?? [],
    failures,
  };
}

async function schemaItems(schemas: Pick<Schemas, "check">, slug: string, step: string): Promise<SeenItem[]> {
  const [schema] = await schemas.check({ slug });
  if (schema?.problem) throw new Fault(schema.problem.kind, schema.problem);
  return (schema?.drift ?? []).map((path) => ({
    path: `${step}.${path}`,
    area: "schema" as const,
    step,
    kind: "postgres.schema",
    act: "update" as const,
    why: "It is not as the migrations make it.",
    next: "The Schema tab of the instance shows what differs, and SQL that puts it back.",
    after: [],
  }));
}

const vaultWhy: Record<VaultEntry["state"], string> = {
  same: "Both sides agree.",
  "changed-there": "It was changed in the instance.",
  "removed-there": "It was removed in the instance.",
  "changed-here": "It was changed here and has not arrived in the instance.",
  "unknown-here": "It was set in the instance only.",
};

/** A key whose sides differ, without any value: who wrote it and when is enough to see that it changed again. */
function vaultItem({ key, state, here, there }: VaultEntry): SeenItem {
  const said = (side: VaultEntry["here"]) => side && `set by ${side.by} at ${side.at}`;
  return {
    path: `vault.${key}`,
    area: "vault",
    step: "vault",
    kind: "vault",
    act: here === undefined ? "remove" : there?.type === undefined ? "create" : "update",
    from: there?.type === undefined ? undefined : said(there),
    to: said(here),
    why: vaultWhy[state],
    next: "The vault shows both sides: say there which one wins.",
    after: [],
  };
}
