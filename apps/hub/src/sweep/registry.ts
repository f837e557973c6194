import type { InstanceState } from "@atoll/core/states";
import { sql } from "kysely";
import type { Store } from "../store/store.ts";

/** An instance as far as its things' owner is asked for. */
interface Owner {
  id: string;
  slug: string;
  state: InstanceState;
  updatedAt: Date;
  /** A run of it goes on. */
  isBusy: boolean;
}

/** All that the registry says of who owns what, of one moment. */
export interface Registry {
  /** By their ids. */
  owners: ReadonlyMap<string, Owner>;
  /** Step of the thing, by instance, kind and the provider's id. */
  stepOf(kind: string, id: string): { instance: string; step: string } | undefined;
  /** Ids of an instance's things of this kind. */
  things(instance: string, kind: string): readonly { step: string; id: string }[];
  /** A create of this kind was begun for the instance, and nobody has written down what became of it. */
  isBegun(instance: string, kind: string): boolean;
  /** The instance for which a thing of this name was to be made, at any time. */
  recorded(kind: string, name: string): string | undefined;
  /** Ids of the hubs that made its instances: its own, also under keys that it no longer has. */
  hubs: readonly string[];
  /** Kept ready for whoever comes: named in the warm pool. */
  isPooled(id: string, name: string): boolean;
}

interface Rows {
  owners: {
    id: string;
    slug: string;
    state: InstanceState;
    updated_at: string;
    hub: string | null;
    is_busy: boolean;
  }[];
  things: { instance_id: string; step: string; kind: string; provider_id: string; name: string }[];
  begun: { instance_id: string; step: string; kind: string; name: string; is_open: boolean }[];
  pooled: { ref: string | null; name: string }[];
}

// One statement, so that it is of one moment.
const everything = sql<Rows>`select
  (select coalesce(json_agg(json_build_object('id', i.id, 'slug', i.slug, 'state', i.state, 'updated_at', i.updated_at,
      'hub', i.chosen ->> 'hub', 'is_busy', exists (select from atoll.runs r where r.instance_id = i.id
        and r.state in ('queued', 'running', 'waiting', 'undoing')))), '[]') from atoll.instances i) as owners,
  (select coalesce(json_agg(json_build_object('instance_id', instance_id, 'step', step, 'kind', kind,
      'provider_id', provider_id, 'name', name)), '[]') from atoll.resources) as things,
  (select coalesce(json_agg(json_build_object('instance_id', instance_id, 'step', step, 'kind', kind, 'name', name,
      'is_open', undone_at is null)), '[]')
    from atoll.intents where does in ('create', 'replace')) as begun,
  (select coalesce(json_agg(json_build_object('ref', ref, 'name', name)), '[]')
    from atoll.pool_projects where state <> 'removed') as pooled`;

/** GitHub takes names in any case for the same. */
const key = (...parts: string[]) => parts.join("\n").toLowerCase();

/** Reads who owns what. */
export async function readRegistry(store: Store): Promise<Registry> {
  const { rows } = await everything.execute(store);
  const { owners = [], things = [], begun = [], pooled = [] } = rows[0] ?? {};
  const byId = new Map(things.map((each) => [key(each.kind, each.provider_id), each]));
  const stands = new Set(things.map((each) => key(each.instance_id, each.step)));
  // One that is there already is no longer looked for: another of its kind is a second one.
  const open = new Set(
    begun
      .filter((each) => each.is_open && !stands.has(key(each.instance_id, each.step)))
      .map((each) => key(each.instance_id, each.kind)),
  );
  const names = new Map([...begun, ...things].map((each) => [key(each.kind, each.name), each.instance_id]));
  const pool = new Set(pooled.flatMap(({ ref, name }) => [ref ?? name, name]));
  return {
    owners: new Map(
      owners.map(({ id, slug, state, updated_at, is_busy }) => [
        id,
        { id, slug, state, updatedAt: new Date(updated_at), isBusy: is_busy },
      ]),
    ),
    stepOf(kind, id) {
      const found = byId.get(key(kind, id));
      return found && { instance: found.instance_id, step: found.step };
    },
    things: (instance, kind) =>
      things
        .filter((each) => each.instance_id === instance && each.kind === kind)
        .map(({ step, provider_id }) => ({ step, id: provider_id })),
    isBegun: (instance, kind) => open.has(key(instance, kind)),
    hubs: [...new Set(owners.flatMap(({ hub }) => hub ?? []))],
    recorded: (kind, name) => names.get(key(kind, name)),
    isPooled: (id, name) => pool.has(id) || pool.has(name),
  };
}
