import type { DefElem, Node, RangeVar } from "libpg-query";
import { fullName, isTemporary, joined, nameParts, options, words } from "../nodes.ts";
import type { Rule, Step } from "../rule.ts";

const providers = ["auth", "storage", "realtime", "extensions", "vault"];

/** Kinds that may be dropped in a provider's schema: they hang on its tables and are ours. */
const ours = ["OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_EXTENSION"];

/** Name of what a statement makes; undefined for one that makes nothing with a schema. */
function madeName(node: Node): string[] | undefined {
  const of = (relation: RangeVar | undefined) =>
    relation === undefined || isTemporary(relation)
      ? undefined
      : [relation.schemaname ?? "", relation.relname ?? ""].filter(Boolean);
  if ("CreateStmt" in node) return of(node.CreateStmt.relation);
  if ("CreateTableAsStmt" in node) return of(node.CreateTableAsStmt.into?.rel);
  if ("ViewStmt" in node) return of(node.ViewStmt.view);
  if ("CreateSeqStmt" in node) return of(node.CreateSeqStmt.sequence);
  if ("CompositeTypeStmt" in node) return of(node.CompositeTypeStmt.typevar);
  if ("CreateFunctionStmt" in node) return words(node.CreateFunctionStmt.funcname);
  if ("CreateEnumStmt" in node) return words(node.CreateEnumStmt.typeName);
  if ("CreateDomainStmt" in node) return words(node.CreateDomainStmt.domainname);
  return undefined;
}

/** Names of things that a statement changes, moves or drops. */
function changedNames(node: Node): string[] {
  if ("IndexStmt" in node) return [fullName(node.IndexStmt.relation)];
  if ("AlterTableStmt" in node) return [fullName(node.AlterTableStmt.relation)];
  if ("AlterFunctionStmt" in node) return [joined(words(node.AlterFunctionStmt.func?.objname))];
  if ("AlterOwnerStmt" in node) return [joined(nameParts(node.AlterOwnerStmt.object))];
  if ("RenameStmt" in node) {
    const { relation, object, renameType } = node.RenameStmt;
    if (ours.includes(renameType ?? "")) return [];
    return [relation ? fullName(relation) : joined(nameParts(object))];
  }
  if ("AlterObjectSchemaStmt" in node) {
    const { relation, object, newschema = "", objectType } = node.AlterObjectSchemaStmt;
    if (ours.includes(objectType ?? "")) return [];
    return [relation ? fullName(relation) : joined(nameParts(object)), `${newschema}.`];
  }
  if ("GrantStmt" in node && !node.GrantStmt.is_grant)
    return node.GrantStmt.targtype === "ACL_TARGET_ALL_IN_SCHEMA" ||
      node.GrantStmt.objtype === "OBJECT_SCHEMA"
      ? words(node.GrantStmt.objects).map((schema) => `${schema}.`)
      : (node.GrantStmt.objects ?? []).map((each) => joined(nameParts(each)));
  if (!("DropStmt" in node) || ours.includes(node.DropStmt.removeType ?? "")) return [];
  const names = (node.DropStmt.objects ?? []).map(nameParts);
  return node.DropStmt.removeType === "OBJECT_SCHEMA"
    ? names.map(([schema]) => `${schema}.`)
    : names.map(joined);
}

function setsSearchPath(settings: readonly DefElem[]): boolean {
  return settings.some(
    ({ defname, arg }) =>
      defname === "set" && arg && "VariableSetStmt" in arg && arg.VariableSetStmt.name === "search_path",
  );
}

function runsAsOwner(settings: readonly DefElem[]): boolean {
  return settings.some(
    ({ defname, arg }) => defname === "security" && arg && "Boolean" in arg && arg.Boolean.boolval === true,
  );
}

function functionOf({ node }: Step): { name: string; settings: DefElem[] } | undefined {
  if ("CreateFunctionStmt" in node) {
    const { funcname, options: settings } = node.CreateFunctionStmt;
    return { name: joined(words(funcname)), settings: options(settings) };
  }
  if (!("AlterFunctionStmt" in node)) return undefined;
  const { func, actions } = node.AlterFunctionStmt;
  return { name: joined(words(func?.objname)), settings: options(actions) };
}

/** Where things stand, and with whose rights functions run. */
export const objectRules: Rule[] = [
  {
    name: "security-definer-search-path",
    severity: "error",
    what: (name) =>
      `${name} runs with its owner's rights and looks names up where its caller says: a caller can make it run code of their own.`,
    next: "Add `set search_path = ''` to the function and write every name with its schema.",
    find(step) {
      const found = functionOf(step);
      if (!found || !runsAsOwner(found.settings) || setsSearchPath(found.settings)) return [];
      return [{ line: step.lineAt(), about: `Function ${found.name}` }];
    },
  },
  {
    name: "protected-schema",
    severity: "error",
    what: (name) => `${name} belongs to the provider's own schema, where Supabase refuses changes (42501).`,
    next: "Put it in `public` or `private`. Policies and triggers on such tables, and foreign keys to them, are allowed.",
    find(step) {
      const made = madeName(step.node);
      const names = made ? [made.join(".")] : changedNames(step.node);
      return names
        .filter((name) => providers.includes(name.split(".")[0] ?? "") && name.includes("."))
        .map((name) => ({
          line: step.lineAt(),
          about: name.endsWith(".") ? `Schema ${name.slice(0, -1)}` : name,
        }));
    },
  },
  {
    name: "unqualified-name",
    severity: "warning",
    what: (name) =>
      `${name} is made without a schema: where it ends up depends on the session's search path.`,
    next: "Write the schema: `public.name`, or `private.name` for what the Data API must not serve.",
    find(step) {
      const made = madeName(step.node);
      return made?.length === 1 ? [{ line: step.lineAt(), about: made[0] ?? "" }] : [];
    },
  },
];
