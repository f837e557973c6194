import type { Node } from "libpg-query";
import { options, words } from "../nodes.ts";
import type { Rule, Step } from "../rule.ts";
import { tablesOf, touchesFreshOnly } from "../targets.ts";

const rewriting: Record<string, string> = {
  AT_SetUnLogged: "made unlogged",
  AT_SetLogged: "made logged",
  AT_SetAccessMethod: "given another access method",
  AT_SetTableSpace: "moved to another tablespace",
};

const serials = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];

/** How a step makes the server write a whole table anew; undefined if it does not. squawk knows other ways. */
function rewrite(node: Node): string | undefined {
  if ("ClusterStmt" in node) return "sorted anew (CLUSTER)";
  if ("VacuumStmt" in node)
    return options(node.VacuumStmt.options).some(({ defname }) => defname === "full")
      ? "written anew (VACUUM FULL)"
      : undefined;
  if (!("AlterTableStmt" in node)) return undefined;
  for (const each of node.AlterTableStmt.cmds ?? []) {
    if (!("AlterTableCmd" in each)) continue;
    const { subtype = "", def } = each.AlterTableCmd;
    if (rewriting[subtype]) return rewriting[subtype];
    if (subtype !== "AT_AddColumn" || !def || !("ColumnDef" in def)) continue;
    if (serials.includes(words(def.ColumnDef.typeName?.names).at(-1) ?? "")) return "given a serial column";
  }
  return undefined;
}

function commandNames(node: Node, subtype: string): string[] {
  if (!("AlterTableStmt" in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((each) => {
    if (!("AlterTableCmd" in each) || each.AlterTableCmd.subtype !== subtype) return [];
    const { name, def } = each.AlterTableCmd;
    return [name ?? (def && "Constraint" in def ? (def.Constraint.conname ?? "") : "")];
  });
}

/** How a step holds a lock for as long as its table is large; undefined if it does not. */
function longLock(step: Step, earlier: readonly Step[]): string | undefined {
  const { node, migration } = step;
  if ("LockStmt" in node) return "A lock is taken by hand and kept to the end of the transaction";
  if ("RefreshMatViewStmt" in node && !node.RefreshMatViewStmt.concurrent)
    return "A materialized view is refreshed while nobody can read it";
  if (!migration.transactional) return undefined;
  const added = earlier
    .filter((each) => each.migration === migration)
    .flatMap((each) => commandNames(each.node, "AT_AddConstraint"));
  const both = commandNames(node, "AT_ValidateConstraint").find((name) => added.includes(name));
  return (
    both &&
    `Constraint ${both} is added and validated in one transaction, which keeps the lock while it reads`
  );
}

/** What PostgreSQL refuses inside a transaction; undefined for what it allows. */
function refusedInside(node: Node): string | undefined {
  if ("IndexStmt" in node && node.IndexStmt.concurrent) return "CREATE INDEX CONCURRENTLY";
  if ("DropStmt" in node && node.DropStmt.concurrent) return "DROP INDEX CONCURRENTLY";
  if ("ReindexStmt" in node) {
    const whole = ["REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"];
    const concurrently = options(node.ReindexStmt.params).some(({ defname }) => defname === "concurrently");
    return concurrently || whole.includes(node.ReindexStmt.kind ?? "") ? "REINDEX of this kind" : undefined;
  }
  if ("VacuumStmt" in node && node.VacuumStmt.is_vacuumcmd) return "VACUUM";
  if ("CreatedbStmt" in node || "DropdbStmt" in node) return "CREATE and DROP DATABASE";
  if ("AlterSystemStmt" in node) return "ALTER SYSTEM";
  if (!("AlterTableStmt" in node)) return undefined;
  const detaches = (node.AlterTableStmt.cmds ?? []).some((each) => {
    const def = "AlterTableCmd" in each ? each.AlterTableCmd.def : undefined;
    return def !== undefined && "PartitionCmd" in def && def.PartitionCmd.concurrent === true;
  });
  return detaches ? "DETACH PARTITION CONCURRENTLY" : undefined;
}

/** A value that this transaction adds to an enum which was there before, and that the step already uses. */
function youngValue(step: Step, earlier: readonly Step[]): string | undefined {
  const same = earlier.filter(({ migration }) => migration === step.migration);
  const born = same.flatMap(({ node }) =>
    "CreateEnumStmt" in node ? [words(node.CreateEnumStmt.typeName).join(".")] : [],
  );
  return same
    .flatMap(({ node }) => ("AlterEnumStmt" in node ? [node.AlterEnumStmt] : []))
    .filter(({ typeName }) => !born.includes(words(typeName).join(".")))
    .map(({ newVal = "" }) => newVal)
    .find((value) => !("AlterEnumStmt" in step.node) && step.statement.sql.includes(`'${value}'`));
}

/** What may be done twice without harm, and what has to stand outside of a transaction anyway. */
const standsRepeating = (node: Node): boolean =>
  refusedInside(node) !== undefined ||
  ["VacuumStmt", "ReindexStmt", "RefreshMatViewStmt", "VariableSetStmt"].some((kind) => kind in node);

/** What makes an application wait, and what no transaction can hold. */
export const lockRules: Rule[] = [
  {
    name: "table-rewrite",
    severity: "error",
    what: (table) =>
      `${table} while nobody can read or write it: the larger the table, the longer the application stands.`,
    next: "Add a new column without a default instead and fill it in small parts, or run this in a maintenance window and say why.",
    find({ node, lineAt }, schema) {
      const how = touchesFreshOnly(node, schema) ? undefined : rewrite(node);
      const [table] = tablesOf(node, schema);
      return how === undefined
        ? []
        : [{ line: lineAt(), about: `${table ? `Table ${table}` : "A table"} is ${how}` }];
    },
  },
  {
    name: "long-lock",
    severity: "error",
    what: (how) => `${how}: the application waits for as long.`,
    next: "Validate in a later migration, refresh CONCURRENTLY, and leave locks to the statements that need them.",
    find(step, schema, earlier) {
      const how = touchesFreshOnly(step.node, schema) ? undefined : longLock(step, earlier);
      return how === undefined ? [] : [{ line: step.lineAt(), about: how }];
    },
  },
  {
    name: "concurrent-in-transaction",
    severity: "error",
    what: (what) => `${what} inside a transaction, and this migration runs in one: PostgreSQL refuses it.`,
    next: "Move it to a migration of its own whose first line is `-- atoll: no-transaction`; put a new enum value in an earlier migration than its use.",
    find(step, _schema, earlier) {
      if (!step.migration.transactional) return [];
      const refused = refusedInside(step.node);
      if (refused) return [{ line: step.lineAt(), about: `${refused} stands` }];
      const value = youngValue(step, earlier);
      return value === undefined
        ? []
        : [{ line: step.lineAt(), about: `Enum value '${value}' is added and used` }];
    },
  },
  {
    name: "outside-without-need",
    severity: "warning",
    what: (statement) =>
      `${statement} runs outside of a transaction: it runs once more if its session dies before the ledger knows that it is done.`,
    next: "Move it to a migration that runs in a transaction; what has to stay must do no harm when it is repeated.",
    find: ({ migration, node, lineAt }) =>
      migration.transactional || standsRepeating(node)
        ? []
        : [{ line: lineAt(), about: "A statement that could stand in a transaction" }],
  },
];
