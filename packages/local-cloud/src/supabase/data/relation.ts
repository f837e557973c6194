import type { Catalog, ForeignKey } from "./catalog.ts";
import { DataProblem } from "./problem.ts";
import { id } from "./statement.ts";

/** How an embedded table hangs together with its parent. */
export interface Relation {
  table: string;
  many: boolean;
  /** Condition between the aliases of parent and embedded table. */
  joins(parent: string, child: string): string;
}

const pairs = (
  left: string,
  leftColumns: readonly string[],
  right: string,
  rightColumns: readonly string[],
) =>
  leftColumns
    .map((column, n) => `${id(left)}.${id(column)} = ${id(right)}.${id(rightColumns[n] ?? "")}`)
    .join(" and ");

const toOne = (key: ForeignKey): Relation => ({
  table: key.toTable,
  many: false,
  joins: (parent, child) => pairs(parent, key.columns, child, key.toColumns),
});

const toMany = (key: ForeignKey): Relation => ({
  table: key.table,
  many: !key.unique,
  joins: (parent, child) => pairs(parent, key.toColumns, child, key.columns),
});

/** Through a table of pairs whose two foreign keys lead to both. */
const through = (near: ForeignKey, far: ForeignKey): Relation => ({
  table: far.toTable,
  many: true,
  joins: (parent, child) =>
    `exists (select 1 from public.${id(near.table)} as "_j" where ${pairs("_j", near.columns, parent, near.toColumns)} and ${pairs("_j", far.columns, child, far.toColumns)})`,
});

/** The relation that `target!hint` means: by table, by the name of the foreign key, or by its column. */
export function relationOf(
  catalog: Catalog,
  table: string,
  target: string,
  hint: string | undefined,
): Relation {
  const keys = catalog.foreignKeys;
  const hinted = (key: ForeignKey) =>
    hint === undefined ||
    key.name === hint ||
    key.columns.includes(hint) ||
    key.table === hint ||
    key.toTable === hint;
  const forward = keys.filter(
    (key) =>
      key.table === table &&
      hinted(key) &&
      (key.toTable === target || key.name === target || key.columns.join() === target),
  );
  const backward = keys.filter(
    (key) => key.toTable === table && hinted(key) && (key.table === target || key.name === target),
  );
  const across = keys
    .filter((near) => near.toTable === table && near.table !== table)
    .flatMap((near) =>
      keys
        .filter((far) => far.table === near.table && far !== near && far.toTable === target)
        .map((far) => ({ near, far })),
    )
    .filter(({ near }) => hint === undefined || near.table === hint);
  const direct = [...forward.map(toOne), ...backward.map(toMany)];
  const found = direct.length > 0 ? direct : across.map(({ near, far }) => through(near, far));
  if (found.length > 1) {
    throw new DataProblem(
      300,
      "PGRST201",
      `Could not embed because more than one relationship was found for '${table}' and '${target}'`,
      {
        hint: `Try changing '${target}' to one of the following: ${[...forward, ...backward].map((key) => `'${target}!${key.name}'`).join(", ")}.`,
      },
    );
  }
  const [relation] = found;
  if (relation !== undefined) return relation;
  throw new DataProblem(
    400,
    "PGRST200",
    `Could not find a relationship between '${table}' and '${target}' in the schema cache`,
    {
      details: `Searched for a foreign key relationship between '${table}' and '${target}' in the schema 'public', but no matches were found.`,
    },
  );
}
