import type { Rule } from "../rule.ts";

/** What belongs to the one who runs migrations, not to a migration. */
export const sessionRules: Rule[] = [
  {
    name: "transaction-control",
    severity: "error",
    what: (kind) =>
      `${kind} stands in a migration: it would end the transaction that Atoll runs and records it in.`,
    next: "Take it out. Atoll opens and ends the transaction; a first line `-- atoll: no-transaction` does without one.",
    find({ node, lineAt }) {
      if (!("TransactionStmt" in node)) return [];
      const kind = (node.TransactionStmt.kind ?? "").replace("TRANS_STMT_", "").replaceAll("_", " ");
      return [{ line: lineAt(), about: kind }];
    },
  },
  {
    name: "set-role",
    severity: "error",
    what: (setting) =>
      `${setting} changes whose rights the rest of the session has, Atoll's own writes included.`,
    next: "Take it out. On Supabase, `postgres` may not become supabase_admin, and owns what it makes.",
    find({ node, lineAt }) {
      if (!("VariableSetStmt" in node)) return [];
      const { name = "" } = node.VariableSetStmt;
      return ["role", "session_authorization"].includes(name)
        ? [{ line: lineAt(), about: `SET ${name}` }]
        : [];
    },
  },
];
