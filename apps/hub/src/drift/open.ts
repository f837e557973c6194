import type { DriftItem, InstanceDrift } from "@atoll/contract/schemas/drift";
import { Fault } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import { sql } from "kysely";
import { failedAt, throwAll } from "../monitor/failures.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/store.ts";
import type { Vaults } from "../vault/vaults.ts";
import { beginRepair } from "./begin-repair.ts";
import type { Drifts } from "./drifts.ts";
import type { LookOptions } from "./look.ts";
import { type Looked, look, lookSoon, mustBeLive } from "./looking.ts";
import { listDrift, showDrift } from "./rows.ts";

interface Options extends Omit<LookOptions, "store" | "journal" | "vaults"> {
  store(): Promise<Store>;
  journal: LookOptions["journal"] & Pick<Journal, "submit" | "touchedBy">;
  vaults: Pick<Vaults, "drift" | "settle" | "read">;
  /** When the next look is due after one by hand, in milliseconds. */
  everyMs(): number;
}

/** Drift of the fleet, with what goes on by itself. */
export interface OpenDrifts extends Drifts {
  /**
   * Looks at one instance unless a run is under way. Throws, for the log, what went wrong on the way; the rest is noted.
   */
  look(instance: Looked, nextMs: number): Promise<void>;
}

const rejected = (what: string, next: string, field?: string) =>
  new Fault("rejected", { what, next, ...(field !== undefined && { field }) });

/** Opens everything that is done with drift. */
export function openDrifts(options: Options): OpenDrifts {
  const { journal, vaults, everyMs } = options;

  async function place(slug: string): Promise<Looked> {
    const store = await options.store();
    const found = await store
      .selectFrom("instances")
      .select(["id", "slug", "blueprint", "environment", "state"])
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (found !== undefined) return found;
    throw rejected(`There is no instance "${slug}".`, "`atoll status` lists them all.", "slug");
  }

  const lookWith = async (instance: Looked, nextMs: number) =>
    look(instance, { ...options, store: await options.store() }, nextMs);

  async function check(slug: string): Promise<InstanceDrift> {
    const instance = await place(slug);
    mustBeLive(instance);
    const store = await options.store();
    if ((await lookWith(instance, everyMs())).isNoted) return showDrift(store, instance);
    await lookSoon(store, instance.id);
    throw rejected(
      `A run of "${slug}" is under way: what differs now is on its way.`,
      "Wait until it has ended; the hub looks by itself then.",
      "slug",
    );
  }

  async function mark(
    slug: string,
    paths: readonly string[],
    by: string,
    how: "accept" | "unaccept",
  ): Promise<InstanceDrift> {
    const instance = await place(slug);
    const store = await options.store();
    await store.transaction().execute(async (tx) => {
      const changed = await tx
        .updateTable("instance_drift")
        .set(
          how === "accept"
            ? {
                accepted_by: by,
                accepted_at: sql<Date>`clock_timestamp()`,
                repairs: 0,
                stopped_at: null,
              }
            : // Told already or not: who takes it back has seen it.
              { accepted_by: null, accepted_at: null, told: sql<string>`digest` },
        )
        .where("instance_id", "=", instance.id)
        .where("path", "in", [...paths])
        .where("gone_at", "is", null)
        .returning("path")
        .execute();
      const missing = paths.find((path) => !changed.some((each) => each.path === path));
      if (missing !== undefined) throw noSuch(slug, missing);
      await record(tx, {
        actor: by,
        action: `drift.${how}`,
        subject: `instance/${slug}`,
        details: { paths: [...paths] },
      });
    });
    return showDrift(store, instance);
  }

  /** Keys of the vault get our side back; each says so in the audit log. */
  async function settle(slug: string, chosen: readonly DriftItem[], by: string): Promise<void> {
    if (chosen.length === 0) return;
    const entries = await vaults.read(slug);
    for (const { path } of chosen) {
      const entry = entries.find(({ key }) => `vault.${key}` === path);
      if (entry !== undefined && entry.state !== "same")
        await vaults.settle(slug, entry.key, { take: "hub", seen: entry.seen }, by);
    }
  }

  return {
    check,
    async look(instance, nextMs) {
      const { failures } = await lookWith(instance, nextMs);
      throwAll(failures.map((error) => failedAt(instance.slug, error)));
    },
    list: async ({ limit, cursor, ...which }) => listDrift(await options.store(), which, { limit, cursor }),
    show: async (slug) => showDrift(await options.store(), await place(slug)),
    accept: (slug, paths, by) => mark(slug, paths, by, "accept"),
    unaccept: (slug, paths, by) => mark(slug, paths, by, "unaccept"),

    async repair(slug, { paths, whole }, by) {
      const instance = await place(slug);
      const now = await check(slug);
      const chosen = paths.map((path) => {
        const item = now.items.find((each) => each.path === path);
        if (item === undefined) throw noSuch(slug, path);
        return item;
      });
      const byHand = chosen.find(({ repair }) => repair === "none");
      if (byHand !== undefined)
        throw rejected(
          `No run sets "${byHand.path}" right.`,
          byHand.next ?? "Set it right by hand, or accept it.",
          "paths",
        );
      const wanted = chosen.filter(({ repair }) => repair === "run");
      const steps = [...new Set(wanted.map(({ step }) => step))];
      const touched = whole ? undefined : await journal.touchedBy(slug, steps);
      if (wanted.length > 0) mustMean(now, wanted, touched);
      const vault = chosen.filter(({ repair }) => repair === "settle");
      await settle(slug, vault, by);
      const store = await options.store();
      if (wanted.length === 0) {
        await lookSoon(store, instance.id);
        return { paths: [...paths] };
      }
      const run = await beginRepair(store, journal, instance, {
        paths: wanted.map(({ path }) => path),
        only: whole ? undefined : steps,
        by,
      });
      await store
        .updateTable("instance_drift")
        .set({ repairs: 0, stopped_at: null })
        .where("instance_id", "=", instance.id)
        .where("path", "in", [...paths])
        .execute();
      return { run, paths: [...paths] };
    },
  };
}

const noSuch = (slug: string, path: string) =>
  rejected(
    `"${slug}" does not differ in "${path}", or not any more.`,
    `\`atoll drift ${slug}\` says what it differs in.`,
    "paths",
  );

/** A run ensures the steps that it touches (undefined = all): who chose some of it is told what else differs there. */
function mustMean(
  { items, besides }: InstanceDrift,
  wanted: readonly DriftItem[],
  touched: ReadonlySet<string> | undefined,
): void {
  const isTouched = (step: string) => touched === undefined || touched.has(step);
  const inTheWay = items.find(
    ({ area, act, step }) => isTouched(step) && (area === "schema" || act === "blocked"),
  );
  if (inTheWay !== undefined)
    throw rejected(
      `A repair would stop at "${inTheWay.path}".`,
      inTheWay.next ?? "Set that right by hand first.",
      "paths",
    );
  if (touched === undefined) return;
  const others = [
    ...items
      .filter(
        ({ path, step, repair, act }) =>
          repair === "run" &&
          // What is gone is missing to whatever needs it.
          (isTouched(step) || act === "create") &&
          !wanted.some((each) => each.path === path),
      )
      .map(({ path }) => path),
    ...besides.filter((path) => isTouched(path.slice(0, path.indexOf(".")))),
  ];
  if (others.length === 0) return;
  const named = others.slice(0, 5).join(", ");
  throw rejected(
    `A repair of that would set ${named}${others.length > 5 ? ` and ${others.length - 5} more` : ""} right, too: it stands in the same steps, or needs them.`,
    "Choose them as well, or say that the whole instance is meant.",
    "whole",
  );
}
