import type { Constraint, GrantStmt, IndexStmt, Node, RangeVar } from "libpg-query";
import { fullName, isTemporary, joined, nameParts, options, roleNames, words } from "./nodes.ts";

/** What all migrations together make of one table. */
export interface Table {
  rls: boolean;
  policies: number;
  comment: boolean;
  /** Reached through its parent, which carries the grants. */
  partition: boolean;
  /** Roles that may do anything at all with it. */
  granted: Set<string>;
  /** Leading columns of each index, primary key and unique constraint; an expression ends a list. */
  indexes: string[][];
}

/** What migrations make, and what stood there before the pending ones. */
export interface Schema {
  tables: Map<string, Table>;
  /** Tables that pending migrations make and that were not there before: nothing waits on them, nothing is lost. */
  fresh: Set<string>;
  /** Tables with rows in them that pending migrations drop: one of the same name that is made later is not fresh. */
  dropped: Set<string>;
  /** Which table an index belongs to. */
  indexed: Map<string, string>;
  /** Roles that get rights on every later table of a schema. */
  defaults: Map<string, Set<string>>;
}

/** A schema in which nothing was made yet. */
export function emptySchema(): Schema {
  return { tables: new Map(), fresh: new Set(), dropped: new Set(), indexed: new Map(), defaults: new Map() };
}

function make(schema: Schema, relation: RangeVar | undefined, pending: boolean, partition = false) {
  if (isTemporary(relation)) return;
  const name = fullName(relation);
  // `create table if not exists` leaves alone what is there.
  if (schema.tables.has(name)) return;
  const granted = new Set(schema.defaults.get(name.split(".")[0] ?? ""));
  const table = { rls: false, policies: 0, comment: false, partition, granted, indexes: [] };
  schema.tables.set(name, table);
  if (pending && !schema.dropped.has(name)) schema.fresh.add(name);
}

function addConstraint(table: Table | undefined, constraint: Constraint, column?: string) {
  if (constraint.contype !== "CONSTR_PRIMARY" && constraint.contype !== "CONSTR_UNIQUE") return;
  const columns = words(constraint.keys);
  // `add primary key using index` names no column; the index was counted when it was made.
  if (columns.length > 0 || column !== undefined) table?.indexes.push(column ? [column] : columns);
}

function addElements(table: Table | undefined, elements: readonly Node[] = []) {
  for (const element of elements) {
    if ("Constraint" in element) addConstraint(table, element.Constraint);
    if (!("ColumnDef" in element)) continue;
    for (const node of element.ColumnDef.constraints ?? [])
      if ("Constraint" in node) addConstraint(table, node.Constraint, element.ColumnDef.colname);
  }
}

function addIndex(schema: Schema, index: IndexStmt) {
  const name = fullName(index.relation);
  const [of] = name.split(".");
  if (index.idxname) schema.indexed.set(`${of}.${index.idxname}`, name);
  const columns = (index.indexParams ?? []).map((node) => ("IndexElem" in node ? node.IndexElem.name : ""));
  const end = columns.findIndex((column) => !column);
  const leading = columns.slice(0, end === -1 ? undefined : end).map((column) => column ?? "");
  // A partial index answers for a foreign key only if it leaves out nothing but null.
  const where = index.whereClause;
  const partial =
    where !== undefined && !("NullTest" in where && where.NullTest.nulltesttype === "IS_NOT_NULL");
  if (!partial) schema.tables.get(name)?.indexes.push(leading);
}

function grant(schema: Schema, statement: GrantStmt) {
  if (statement.objtype !== "OBJECT_TABLE") return;
  const roles = roleNames(statement.grantees);
  const whole = statement.targtype === "ACL_TARGET_ALL_IN_SCHEMA" ? words(statement.objects) : [];
  const names =
    statement.targtype === "ACL_TARGET_ALL_IN_SCHEMA"
      ? [...schema.tables.keys()].filter((name) => whole.includes(name.split(".")[0] ?? ""))
      : (statement.objects ?? []).map((node) => joined(nameParts(node)));
  for (const name of names) {
    const granted = schema.tables.get(name)?.granted;
    if (statement.is_grant) for (const role of roles) granted?.add(role);
    // A revoke of single rights may leave others; only one of all rights closes the table.
    else if (!statement.privileges?.length) for (const role of roles) granted?.delete(role);
  }
}

function grantByDefault(schema: Schema, settings: readonly Node[], statement: GrantStmt | undefined) {
  if (statement?.objtype !== "OBJECT_TABLE" || !statement.is_grant) return;
  const named = options(settings).flatMap(({ defname, arg }) =>
    defname === "schemas" ? nameParts(arg) : [],
  );
  for (const name of named.length > 0 ? named : ["public"])
    schema.defaults.set(
      name,
      new Set([...(schema.defaults.get(name) ?? []), ...roleNames(statement.grantees)]),
    );
}

function rename(schema: Schema, from: string, to: string) {
  const table = schema.tables.get(from);
  if (table === undefined) return;
  schema.tables.delete(from);
  schema.tables.set(to, table);
  if (schema.fresh.delete(from)) schema.fresh.add(to);
}

function drop(schema: Schema, name: string, pending: boolean) {
  schema.tables.delete(name);
  if (pending && !schema.fresh.has(name)) schema.dropped.add(name);
}

function alter(table: Table | undefined, commands: readonly Node[]) {
  for (const command of commands) {
    if (!("AlterTableCmd" in command)) continue;
    const { subtype, def } = command.AlterTableCmd;
    if (table && subtype === "AT_EnableRowSecurity") table.rls = true;
    if (table && subtype === "AT_DisableRowSecurity") table.rls = false;
    if (def) addElements(table, [def]);
  }
}

/** Takes one statement into the schema; `pending` says whether its migration is still to run. */
export function applyStatement(schema: Schema, node: Node, pending: boolean): void {
  const { tables } = schema;
  if ("CreateStmt" in node) {
    const { relation, tableElts, partbound } = node.CreateStmt;
    make(schema, relation, pending, partbound !== undefined);
    addElements(tables.get(fullName(relation)), tableElts);
  } else if ("CreateTableAsStmt" in node) {
    if (node.CreateTableAsStmt.objtype === "OBJECT_TABLE")
      make(schema, node.CreateTableAsStmt.into?.rel, pending);
  } else if ("AlterTableStmt" in node)
    alter(tables.get(fullName(node.AlterTableStmt.relation)), node.AlterTableStmt.cmds ?? []);
  else if ("IndexStmt" in node) addIndex(schema, node.IndexStmt);
  else if ("GrantStmt" in node) grant(schema, node.GrantStmt);
  else if ("AlterDefaultPrivilegesStmt" in node) {
    const { options: settings = [], action } = node.AlterDefaultPrivilegesStmt;
    grantByDefault(schema, settings, action);
  } else if ("CreatePolicyStmt" in node) {
    const table = tables.get(fullName(node.CreatePolicyStmt.table));
    if (table) table.policies++;
  } else if ("CommentStmt" in node && node.CommentStmt.objtype === "OBJECT_TABLE") {
    const table = tables.get(joined(nameParts(node.CommentStmt.object)));
    if (table) table.comment = true;
  } else if ("DropStmt" in node && node.DropStmt.removeType === "OBJECT_TABLE")
    for (const object of node.DropStmt.objects ?? []) drop(schema, joined(nameParts(object)), pending);
  else if ("RenameStmt" in node && node.RenameStmt.renameType === "OBJECT_TABLE") {
    const { relation, newname = "" } = node.RenameStmt;
    rename(schema, fullName(relation), joined([relation?.schemaname ?? "public", newname]));
  }
}
