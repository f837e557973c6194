import type { Constraint, Node } from "libpg-query";
import { fullName, joined, nameParts, words } from "../nodes.ts";
import type { Hit, Rule, Step } from "../rule.ts";
import { tablesOf, touchesFreshOnly } from "../targets.ts";

const cascading = ["OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_EXTENSION"];

/** What a statement empties or throws away, beside tables and columns. */
function lost(node: Node): string | undefined {
  if ("TruncateStmt" in node)
    return `Every row of ${(node.TruncateStmt.relations ?? []).map((each) => joined(nameParts(each))).join(", ")}`;
  if ("DeleteStmt" in node && !node.DeleteStmt.whereClause)
    return `Every row of ${fullName(node.DeleteStmt.relation)}`;
  if ("UpdateStmt" in node && !node.UpdateStmt.whereClause)
    return `The former content of every row of ${fullName(node.UpdateStmt.relation)}`;
  if (!("DropStmt" in node)) return undefined;
  const { removeType = "", behavior, objects = [] } = node.DropStmt;
  const names = objects.map((each) => nameParts(each).join(".")).join(", ");
  if (removeType === "OBJECT_SCHEMA") return `All that stands in schema ${names}`;
  if (behavior === "DROP_CASCADE" && cascading.includes(removeType)) return `Each column that uses ${names}`;
  return undefined;
}

function droppedColumns(node: Node): string[] {
  if (!("AlterTableStmt" in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((each) =>
    "AlterTableCmd" in each && each.AlterTableCmd.subtype === "AT_DropColumn"
      ? [each.AlterTableCmd.name ?? ""]
      : [],
  );
}

/** Columns that a step defines or gives a new default, with the default's expression. */
function* defaults({ node, lineAt }: Step): Iterable<{ column: string; line: number; value: Node }> {
  const elements =
    "CreateStmt" in node
      ? (node.CreateStmt.tableElts ?? [])
      : "AlterTableStmt" in node
        ? (node.AlterTableStmt.cmds ?? [])
        : [];
  for (const element of elements) {
    const command = "AlterTableCmd" in element ? element.AlterTableCmd : undefined;
    if (command?.subtype === "AT_ColumnDefault" && command.def)
      yield { column: command.name ?? "", line: lineAt(), value: command.def };
    const definition = command ? command.def : element;
    if (definition === undefined || !("ColumnDef" in definition)) continue;
    const { colname = "", constraints = [], location } = definition.ColumnDef;
    for (const each of constraints) {
      const constraint: Constraint = "Constraint" in each ? each.Constraint : {};
      if (constraint.contype === "CONSTR_DEFAULT" && constraint.raw_expr)
        yield { column: colname, line: lineAt(location), value: constraint.raw_expr };
    }
  }
}

const instants = ["now", "today", "tomorrow", "yesterday"];

/** Why a default is not what it looks like; undefined for a good one. */
function trap(value: Node): string | undefined {
  if ("TypeCast" in value) return value.TypeCast.arg && trap(value.TypeCast.arg);
  if ("A_Const" in value)
    return instants.includes(value.A_Const.sval?.sval?.trim().toLowerCase() ?? "")
      ? `'${value.A_Const.sval?.sval}', the moment of this migration, for ever`
      : undefined;
  if (!("FuncCall" in value)) return undefined;
  if (words(value.FuncCall.funcname).at(-1) === "random") return "random(), which can be foretold";
  const inner = (value.FuncCall.args ?? []).map(trap);
  return inner.find((each) => each !== undefined);
}

/** What cannot be brought back, and what is written wrong from the first day. */
export const dataRules: Rule[] = [
  {
    name: "data-loss",
    severity: "error",
    what: (rows) => `${rows} is lost in each instance that runs this, and no later migration brings it back.`,
    next: "Add a `where` that names the rows, or take the data elsewhere first and say so: `-- atoll: allow data-loss: why`.",
    find(step, schema) {
      const rows = touchesFreshOnly(step.node, schema) ? undefined : lost(step.node);
      return rows === undefined ? [] : [{ line: step.lineAt(), about: rows }];
    },
  },
  // squawk has these two. They are judged here, so that no loss goes unseen where squawk cannot run.
  {
    name: "ban-drop-table",
    severity: "error",
    what: (table) =>
      `${table} is dropped with all its rows, and applications of the earlier version still ask for it.`,
    next: "Ship a version that no longer uses it first. Then drop it with `-- atoll: allow ban-drop-table: why`.",
    find({ node, lineAt }, schema) {
      if (!("DropStmt" in node) || node.DropStmt.removeType !== "OBJECT_TABLE") return [];
      const old = tablesOf(node, schema).filter((table) => !schema.fresh.has(table));
      return old.map((table) => ({ line: lineAt(), about: `Table ${table}` }));
    },
  },
  {
    name: "ban-drop-column",
    severity: "error",
    what: (column) =>
      `${column} is dropped with what it holds, and applications of the earlier version still ask for it.`,
    next: "Ship a version that no longer uses it first. Then drop it with `-- atoll: allow ban-drop-column: why`.",
    find({ node, lineAt }, schema): Hit[] {
      if (touchesFreshOnly(node, schema)) return [];
      const [table] = tablesOf(node, schema);
      return droppedColumns(node).map((column) => ({ line: lineAt(), about: `Column ${table}.${column}` }));
    },
  },
  {
    name: "unsafe-default",
    severity: "error",
    what: (column) => `${column}.`,
    next: "Use now() or current_date for times, and gen_random_uuid() or gen_random_bytes() for what nobody may guess.",
    *find(step) {
      for (const { column, line, value } of defaults(step)) {
        const why = trap(value);
        if (why) yield { line, about: `Column ${column} has as its default ${why}` };
      }
    },
  },
];
