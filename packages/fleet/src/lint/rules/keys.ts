import type { Constraint, Node } from "libpg-query";
import { fullName, words } from "../nodes.ts";
import type { Rule } from "../rule.ts";
import type { Table } from "../schema.ts";

interface Key {
  columns: string[];
  location: number | undefined;
}

function ofElement(element: Node): Key[] {
  const constraints: [Constraint, string?][] = [];
  if ("Constraint" in element) constraints.push([element.Constraint]);
  if ("ColumnDef" in element)
    for (const each of element.ColumnDef.constraints ?? [])
      if ("Constraint" in each) constraints.push([each.Constraint, element.ColumnDef.colname]);
  return constraints
    .filter(([{ contype }]) => contype === "CONSTR_FOREIGN")
    .map(([{ fk_attrs, location }, column]) => ({ columns: column ? [column] : words(fk_attrs), location }));
}

function isIndexed(table: Table, columns: readonly string[]): boolean {
  return table.indexes.some((index) => {
    const leading = index.slice(0, columns.length);
    return columns.every((column) => leading.includes(column));
  });
}

/** Foreign keys and what makes them quick. */
export const keyRules: Rule[] = [
  {
    name: "foreign-key-without-index",
    severity: "warning",
    what: (key) => `${key} has no index: each delete in the table it points to reads this whole table.`,
    next: "Add `create index … on …` that begins with the key's columns, in this migration or a later one that ships with it.",
    *find({ node, lineAt }, schema) {
      const relation =
        "CreateStmt" in node
          ? node.CreateStmt.relation
          : "AlterTableStmt" in node
            ? node.AlterTableStmt.relation
            : undefined;
      const table = schema.tables.get(fullName(relation));
      if (table === undefined) return;
      const commands = "AlterTableStmt" in node ? (node.AlterTableStmt.cmds ?? []) : [];
      const added = commands.flatMap((each) =>
        "AlterTableCmd" in each && each.AlterTableCmd.def ? [each.AlterTableCmd.def] : [],
      );
      const elements = "CreateStmt" in node ? (node.CreateStmt.tableElts ?? []) : added;
      for (const { columns, location } of elements.flatMap(ofElement))
        if (!isIndexed(table, columns))
          yield {
            line: lineAt(location),
            about: `Foreign key (${columns.join(", ")}) of ${fullName(relation)}`,
          };
    },
  },
];
