import { codeParts } from "./code-sql.ts";
import { columnOrder, groupsSql, relationParts } from "./relations-sql.ts";
import { rightParts } from "./rights-sql.ts";
import { scopeSql } from "./scope.ts";

// Postgres prints names as short as the search path allows, and constants as the session's settings want them: two
// sessions would print two texts. The settings hold for this one expression and are put back.
const settings: Record<string, string> = {
  search_path: "",
  TimeZone: "UTC",
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
};
const names = Object.keys(settings);
const was = names.map((name, n) => `pg_catalog.current_setting('${name}') as was_${n}`).join(", ");
// `concat` is never optimised away and never null.
const fix = Object.entries(settings).map(
  ([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`,
);
const restore = names.map((name, n) => `pg_catalog.set_config('${name}', was_${n}, true)`);

const within = (scalar: string) => `(
select case when pg_catalog.concat(${restore.join(", ")}) is not null then seen.result end
from (select ${was} offset 0) as settings cross join lateral (
  select case when pg_catalog.concat(was_0, ${fix.join(", ")}) is not null then (${scalar}) end as result offset 0
) as seen)`;

const rows = (parts: readonly string[]) => parts.join("\nunion all");
const ours = rows([...relationParts, ...codeParts, ...rightParts]);

/** A scalar SQL expression: the catalog as one JSON object, name to MD5 of the definition. Reads only. */
export const catalogExpression = within(`
with ${scopeSql},${groupsSql}
select coalesce(jsonb_object_agg(name, md5(body)), '{}') from (${ours}) objects`);

/** A scalar SQL expression: the definitions behind the catalog as one JSON object. Reads only. */
export const definitionsQuery: string = within(`
with ${scopeSql},${groupsSql}
select coalesce(jsonb_object_agg(name, body), '{}') from (${ours}\nunion all${columnOrder}) objects`);
