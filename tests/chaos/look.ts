import type { AnyBlueprint, PlanItem } from "@atoll/core/blueprint";
import type { StoredEvent } from "@atoll/core/event";
import type { InstanceRecord, ResourceRecord, RunRecord } from "@atoll/engine/records";
import { verifyChain } from "@atoll/hub/store/audit";
import type { House } from "./house.ts";
import type { Write } from "./orders.ts";
import type { Rest } from "./play.ts";

/** What the providers of the local cloud hold, as its control endpoint gives it. */
export interface Inventory {
  supabase: { projects: { ref: string; name: string; users: string[]; tables: number }[] };
  github: { repositories: { name: string; topics: string[]; files: number }[] };
  vercel: { projects: { id: string; name: string; paused: boolean; variables: string[] }[] };
  n8n: {
    workflows: { id: string; name: string; active: boolean }[];
    credentials: { id: string; name: string }[];
    tags: string[];
  };
  gitea: { repositories: { name: string; files: string[] }[] };
  resend: { mails: { to: string[]; subject: string }[] };
}

/** One client at rest. */
export interface Client {
  slug: string;
  /** Undefined where it was never recorded. */
  instance: InstanceRecord | undefined;
  runs: readonly RunRecord[];
  events: ReadonlyMap<string, readonly StoredEvent[]>;
  things: readonly ResourceRecord[];
  drift: readonly PlanItem[];
  /** Why it could not be looked at. */
  unseen: string | undefined;
  secrets: Readonly<Record<string, string>>;
  /** Address of its database, with the password that is recorded. */
  databaseUrl: string | undefined;
}

/** Everything that is looked at when a schedule has come to rest. */
export interface Look {
  rest: Rest;
  /** A refusal or a cancel was part of it: not every run has to succeed. */
  isForgiving: boolean;
  clients: readonly Client[];
  /** All things that the registry has, of whatever client: provider ids by kind. */
  registered: readonly { slug: string; kind: string; id: string }[];
  inventory: Inventory;
  writes: readonly Write[];
  /** When each worker was taken over: milliseconds since 1970 by the machine's clock. */
  takenOver: ReadonlyMap<string, number>;
  audit: Awaited<ReturnType<typeof verifyChain>>;
  log: readonly string[];
  cloudUrl: string;
  blueprint: AnyBlueprint;
}

const secretNames = ["databasePassword", "temporaryPassword"];

/** Looks at everything once. */
export async function lookAt(house: House, rest: Rest, isForgiving: boolean): Promise<Look> {
  const { cloud, blueprint } = house;
  const [clients, facts, inventory] = await Promise.all([
    Promise.all(rest.slugs.map((slug) => clientOf(house, slug))),
    factsOf(house),
    cloud.inventory() as unknown as Promise<Inventory>, // as the emulators show themselves
  ]);
  return {
    rest,
    isForgiving,
    clients,
    ...facts,
    inventory,
    writes: house.writes(),
    log: house.crew.log(),
    cloudUrl: cloud.url,
    blueprint,
  };
}

async function factsOf(house: House): Promise<Pick<Look, "registered" | "takenOver" | "audit">> {
  return house.patiently(async ({ pool, store }) => {
    const things = await pool.query<{ slug: string; kind: string; id: string }>(
      `select i.slug, r.kind, r.provider_id as id from atoll.resources r join atoll.instances i on i.id = r.instance_id`,
    );
    const leases = await pool.query<{ executor_id: string; at: Date }>(
      "select executor_id, taken_over_at as at from atoll.worker_lease where taken_over_at is not null",
    );
    return {
      registered: things.rows,
      takenOver: new Map(leases.rows.map(({ executor_id, at }) => [executor_id, at.getTime()])),
      audit: await verifyChain(store),
    };
  });
}

async function clientOf(house: House, slug: string): Promise<Client> {
  return house.patiently(async ({ journal }) => {
    const instance = await journal.find(slug);
    if (instance === undefined)
      return {
        slug,
        instance,
        runs: [],
        events: new Map(),
        things: [],
        drift: [],
        unseen: undefined,
        secrets: {},
        databaseUrl: undefined,
      };
    const [runs, things] = await Promise.all([journal.runs(slug), journal.resources(slug)]);
    const events = new Map<string, StoredEvent[]>();
    for (const { id } of runs) {
      const told: StoredEvent[] = [];
      for await (const event of journal.events(id)) told.push(event);
      events.set(id, told);
    }
    const secrets: Record<string, string> = {};
    for (const name of secretNames) {
      const secret = await journal.secret(slug, name).catch(() => undefined);
      if (secret) secrets[name] = secret.expose();
    }
    const ref = things.find(({ kind }) => kind === "supabase.project")?.id;
    let unseen: string | undefined;
    const drift =
      instance.state !== "live"
        ? []
        : await journal.drift(slug).catch((error: unknown) => {
            unseen = String(error);
            return [];
          });
    return {
      slug,
      instance,
      runs,
      events,
      things,
      drift,
      unseen,
      secrets,
      databaseUrl:
        ref && secrets.databasePassword ? addressOf(house, ref, secrets.databasePassword) : undefined,
    };
  });
}

function addressOf({ cloud }: House, ref: string, password: string): string {
  const url = new URL((cloud.projectDatabase ?? "").replaceAll("REF", ref));
  url.password = encodeURIComponent(password);
  return url.href;
}
