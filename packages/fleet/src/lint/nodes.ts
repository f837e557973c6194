import type { DefElem, Node, RangeVar, RoleSpec } from "libpg-query";

/** "public.orders": a relation's full name; a name without a schema is looked for in `public`. */
export function fullName(relation: RangeVar | undefined): string {
  return `${relation?.schemaname ?? "public"}.${relation?.relname ?? ""}`;
}

/** The words of a list of string nodes, in their order. */
export function words(nodes: readonly Node[] = []): string[] {
  return nodes.flatMap((node) => ("String" in node ? [node.String.sval ?? ""] : []));
}

/** The parts of an object's name as DROP, COMMENT and ALTER give it: a list, a type, a function or one word. */
export function nameParts(node: Node | undefined): string[] {
  if (node === undefined) return [];
  if ("List" in node) return words(node.List.items);
  if ("TypeName" in node) return words(node.TypeName.names);
  if ("ObjectWithArgs" in node) return words(node.ObjectWithArgs.objname);
  if ("RangeVar" in node) return fullName(node.RangeVar).split(".");
  return words([node]);
}

/** "public.orders" for the parts of a name, with `public` where no schema is given. */
export function joined(parts: readonly string[]): string {
  return parts.length > 1 ? parts.slice(-2).join(".") : `public.${parts[0] ?? ""}`;
}

/** The options (`with (…)`, `set …`, `security definer`) of a statement. */
export function options(nodes: readonly Node[] = []): DefElem[] {
  return nodes.flatMap((node) => ("DefElem" in node ? [node.DefElem] : []));
}

/** Names of the roles in a grant or policy; "public" is everybody. */
export function roleNames(nodes: readonly Node[] = []): string[] {
  const name = (role: RoleSpec) => (role.roletype === "ROLESPEC_PUBLIC" ? "public" : (role.rolename ?? ""));
  return nodes.flatMap((node) => ("RoleSpec" in node ? [name(node.RoleSpec)] : []));
}

/** Whether a relation is a temporary one, gone with the session. */
export function isTemporary(relation: RangeVar | undefined): boolean {
  return relation?.relpersistence === "t";
}
