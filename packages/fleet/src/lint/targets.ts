import type { Node } from "libpg-query";
import { fullName, joined, nameParts } from "./nodes.ts";
import type { Schema } from "./schema.ts";

/** Tables that a statement locks or changes; empty where it touches none, or it cannot be told. */
export function tablesOf(node: Node, schema: Schema): string[] {
  if ("AlterTableStmt" in node) return [fullName(node.AlterTableStmt.relation)];
  if ("IndexStmt" in node) return [fullName(node.IndexStmt.relation)];
  if ("RenameStmt" in node && node.RenameStmt.relation) return [fullName(node.RenameStmt.relation)];
  if ("DeleteStmt" in node) return [fullName(node.DeleteStmt.relation)];
  if ("UpdateStmt" in node) return [fullName(node.UpdateStmt.relation)];
  if ("ReindexStmt" in node && node.ReindexStmt.relation) return [fullName(node.ReindexStmt.relation)];
  if ("ClusterStmt" in node) return [fullName(node.ClusterStmt.relation)];
  if ("LockStmt" in node) return (node.LockStmt.relations ?? []).map((each) => joined(nameParts(each)));
  if ("TruncateStmt" in node)
    return (node.TruncateStmt.relations ?? []).map((each) => joined(nameParts(each)));
  if (!("DropStmt" in node)) return [];
  const names = (node.DropStmt.objects ?? []).map((each) => joined(nameParts(each)));
  if (node.DropStmt.removeType === "OBJECT_TABLE") return names;
  if (node.DropStmt.removeType === "OBJECT_INDEX")
    return names.map((name) => schema.indexed.get(name) ?? name);
  return [];
}

/** Whether all that a statement touches was made by the pending migrations (or is among `others`): nobody waits for it. */
export function touchesFreshOnly(node: Node, schema: Schema, others: readonly string[] = []): boolean {
  const tables = tablesOf(node, schema);
  return tables.length > 0 && tables.every((table) => schema.fresh.has(table) || others.includes(table));
}
