import type { GrantStmt } from "libpg-query";
import { fullName, isTemporary, joined, nameParts, options, roleNames, words } from "../nodes.ts";
import type { Hit, Rule, Step } from "../rule.ts";
import type { Schema, Table } from "../schema.ts";

/** The table that a step makes in the schema that the Data API serves, as all migrations leave it. */
function servedTable({ node }: Step, schema: Schema): { name: string; table: Table } | undefined {
  const relation =
    "CreateStmt" in node
      ? node.CreateStmt.relation
      : "CreateTableAsStmt" in node && node.CreateTableAsStmt.objtype === "OBJECT_TABLE"
        ? node.CreateTableAsStmt.into?.rel
        : undefined;
  const name = fullName(relation);
  const table = schema.tables.get(name);
  if (relation === undefined || isTemporary(relation) || table === undefined) return undefined;
  return name.startsWith("public.") ? { name, table } : undefined;
}

function about(step: Step, name: string): Hit[] {
  return [{ line: step.lineAt(), about: `Table ${name}` }];
}

const writes = ["insert", "update", "delete", "truncate"];

function tableGrant({ node }: Step): GrantStmt | undefined {
  const action = "AlterDefaultPrivilegesStmt" in node ? node.AlterDefaultPrivilegesStmt.action : undefined;
  const grant = "GrantStmt" in node ? node.GrantStmt : action;
  return grant?.is_grant && grant.objtype === "OBJECT_TABLE" ? grant : undefined;
}

function grantedOn(grant: GrantStmt): string {
  if (grant.targtype === "ACL_TARGET_DEFAULTS") return "Every later table";
  if (grant.targtype === "ACL_TARGET_ALL_IN_SCHEMA")
    return `Every table of schema ${words(grant.objects).join(", ")}`;
  return `Table ${(grant.objects ?? []).map((each) => joined(nameParts(each))).join(", ")}`;
}

/** Who may reach a table, a view or a row. */
export const rightsRules: Rule[] = [
  {
    name: "table-without-rls",
    severity: "error",
    what: (table) => `${table} has no row-level security: whoever may use it sees and changes every row.`,
    next: "Add `alter table … enable row level security;` after the table is made, in this migration or a later one that ships with it.",
    find(step, schema) {
      const made = servedTable(step, schema);
      if (made && !made.table.rls) return about(step, made.name);
      if (!("AlterTableStmt" in step.node)) return [];
      const { relation, cmds = [] } = step.node.AlterTableStmt;
      const off = cmds.some(
        (each) => "AlterTableCmd" in each && each.AlterTableCmd.subtype === "AT_DisableRowSecurity",
      );
      const name = fullName(relation);
      return off && !schema.tables.get(name)?.rls ? about(step, name) : [];
    },
  },
  {
    name: "table-without-grant",
    severity: "error",
    what: (table) =>
      `${table} is granted to no role. New Supabase projects grant nothing by themselves, so the application would get "permission denied" (42501).`,
    next: "Add `grant … on … to authenticated;` (or service_role, or anon) with the rights that the application needs.",
    find(step, schema) {
      const made = servedTable(step, schema);
      return made && made.table.granted.size === 0 && !made.table.partition ? about(step, made.name) : [];
    },
  },
  {
    name: "policy-missing",
    severity: "warning",
    what: (table) =>
      `${table} is granted to people and has row-level security, but no policy: they see no row at all.`,
    next: "Add a policy for what they may see, or a `comment on table` that says why nobody may.",
    find(step, schema) {
      const made = servedTable(step, schema);
      if (!made?.table.rls || made.table.policies > 0 || made.table.comment) return [];
      const toPeople = ["anon", "authenticated", "public"].some((role) => made.table.granted.has(role));
      return toPeople ? about(step, made.name) : [];
    },
  },
  {
    name: "grant-to-public",
    severity: "warning",
    what: (tables) =>
      `${tables} is granted to PUBLIC: every role of the database, and each that is made later.`,
    next: "Name the roles that need it (anon, authenticated, service_role).",
    find(step) {
      const grant = tableGrant(step);
      if (!grant || !roleNames(grant.grantees).includes("public")) return [];
      return [{ line: step.lineAt(), about: grantedOn(grant) }];
    },
  },
  {
    name: "anon-may-write",
    severity: "warning",
    what: (tables) => `${tables} may be written by anon: by anybody on the internet, without signing in.`,
    next: "Grant anon `select` alone, and let visitors write through a function that checks what they send.",
    find(step) {
      const grant = tableGrant(step);
      if (!grant || !roleNames(grant.grantees).includes("anon")) return [];
      // No list of privileges is `grant all`.
      const rights = (grant.privileges ?? []).map((each) =>
        "AccessPriv" in each ? each.AccessPriv.priv_name : "",
      );
      if (rights.length > 0 && !rights.some((right) => writes.includes(right ?? ""))) return [];
      return [{ line: step.lineAt(), about: grantedOn(grant) }];
    },
  },
  {
    name: "view-as-owner",
    severity: "warning",
    what: (view) =>
      `${view} reads its tables with its owner's rights: row-level security does not hold behind it.`,
    next: "Make it `with (security_invoker = true)`, or move it out of `public`.",
    find(step) {
      if (!("ViewStmt" in step.node)) return [];
      const { view, options: settings } = step.node.ViewStmt;
      const invoker = options(settings).some(({ defname }) => defname === "security_invoker");
      if (invoker || isTemporary(view) || !fullName(view).startsWith("public.")) return [];
      return [{ line: step.lineAt(), about: `View ${fullName(view)}` }];
    },
  },
];
