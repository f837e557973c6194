import type { UsageCounts, UsageLine } from "@atoll/contract/schemas/usage";
import { sql } from "kysely";
import { readSettings } from "../store/settings.ts";
import type { Store } from "../store/store.ts";
import { costsOf } from "./costs.ts";
import { columns, countNames, shownCounts } from "./counts.ts";
import { monthOf } from "./things.ts";

const hourMs = 3_600_000;

/** Whose usage a report tells. */
export interface ReportFilter {
  /** As `2026-11`, in UTC. */
  month: string;
  slug?: string | undefined;
  environment?: string | undefined;
}

interface Row extends Record<string, unknown> {
  id: string;
  slug: string;
  name: string | null;
  environment: string;
  blueprint: string;
  state: string;
  created_at: Date;
  hours: number | null;
  things: { kind: string; count: number; from: number; to: number }[] | null;
}

/** What each instance used in a month, by slug, and what that costs. An instance that is gone since is there, too. */
export async function reportLines(
  store: Store,
  { month, slug, environment }: ReportFilter,
  nowMs: number,
): Promise<UsageLine[]> {
  const { from, to } = monthOf(new Date(`${month}-01T00:00:00Z`));
  const lengthMs = to.getTime() - from.getTime();
  const [{ rows }, { value: settings }] = await Promise.all([
    sql<Row>`
      select i.id, i.slug, case jsonb_typeof(i.answers->'name') when 'string' then i.answers->>'name' end as name,
          i.environment, i.blueprint, i.state, i.created_at, t.things, u.hours,
          ${sql.join(countNames.map((each) => sql`u.${sql.id(columns[each])}`))}
        from atoll.instances i
        left join atoll.usage u on u.instance_id = i.id and u.width = 'month' and u.at = ${from}
        left join (select instance_id, jsonb_agg(jsonb_build_object('kind', kind, 'count', count,
                      'from', extract(epoch from from_at) * 1000, 'to', extract(epoch from to_at) * 1000)) as things
                     from atoll.usage_things where month = ${from} group by instance_id) t on t.instance_id = i.id
       where (u.instance_id is not null or t.instance_id is not null)
         and (${slug ?? null}::text is null or i.slug = ${slug ?? null})
         and (${environment ?? null}::text is null or i.environment = ${environment ?? null})
       order by i.slug collate "C"`.execute(store),
    readSettings(store),
  ]);
  return rows.map((row) => {
    const things = row.things ?? [];
    const beginMs = Math.max(from.getTime(), row.created_at.getTime());
    // Of what is gone the last look tells how long it stood.
    const endMs =
      row.state === "removed"
        ? Math.max(beginMs, ...things.map((each) => each.to))
        : Math.min(to.getTime(), Math.max(nowMs, beginMs));
    const counts = shownCounts(row);
    const ofHours = Math.ceil((endMs - beginMs) / hourMs);
    return {
      instance: row.slug,
      name: row.name ?? row.slug,
      environment: row.environment,
      blueprint: row.blueprint,
      state: row.state,
      hours: Math.min(row.hours ?? 0, ofHours),
      ofHours,
      ...counts,
      costs: costsOf({
        counts,
        stood: things.map(({ kind, count, from: fromMs, to: toMs }) => ({
          kind,
          count,
          share: Math.max(0, toMs - fromMs) / lengthMs,
        })),
        present: (endMs - beginMs) / lengthMs,
        costs: settings.costs,
        prices: settings.usagePrices ?? [],
      }),
    };
  });
}

/** Adds up what was counted; a number that nobody counted anywhere stays absent. */
export function totalsOf(lines: readonly UsageLine[]): UsageCounts {
  return Object.fromEntries(
    countNames.flatMap((name) => {
      const known = lines.flatMap((line) => line[name] ?? []);
      return known.length === 0 ? [] : [[name, known.reduce((sum, value) => sum + value, 0)]];
    }),
  );
}
