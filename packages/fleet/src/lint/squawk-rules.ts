import type { RuleWords } from "./rule.ts";

const rule = (name: string, severity: RuleWords["severity"], what: string, next: string): RuleWords => ({
  name,
  severity,
  what: (about) => `${about}${what}`,
  next,
});

/**
 * squawk's rules that are about safety, in our words. Left out: matters of taste (prefer-*), timeouts (Atoll sets
 * its own), and what rules of ours say better (transactions, CONCURRENTLY inside one).
 */
export const squawkRules: readonly RuleWords[] = [
  rule(
    "adding-required-field",
    "error",
    " gets a column that must not be null and has no default: this fails wherever the table holds a row, and the earlier application cannot insert.",
    "Give the column a constant default, or add it nullable, fill it, and require it in a later migration.",
  ),
  rule(
    "adding-field-with-default",
    "error",
    " gets a column whose value is computed for each row: the whole table is written anew while nobody can use it.",
    "Add the column without that default, set the default in a second statement, and fill old rows in small parts.",
  ),
  rule(
    "adding-serial-primary-key-field",
    "error",
    " gets a primary key whose index is built while nobody can read or write.",
    "Build a unique index CONCURRENTLY in a migration without a transaction, then `add primary key using index`.",
  ),
  rule(
    "adding-not-nullable-field",
    "error",
    " is read from end to end while nobody can use it, because a column becomes NOT NULL.",
    "Add `check (… is not null) not valid`, validate it in a later migration, and then set NOT NULL.",
  ),
  rule(
    "changing-column-type",
    "error",
    " gets another type for a column: the table may be written anew while nobody can use it, and the earlier application may not understand what it reads.",
    "Add a column of the new type, copy in small parts, and let a later version use it.",
  ),
  rule(
    "adding-foreign-key-constraint",
    "error",
    " gets a foreign key that checks every row while nobody can write to either table.",
    "Add it `not valid`, and `validate constraint` in a later migration.",
  ),
  rule(
    "constraint-missing-not-valid",
    "error",
    " gets a constraint that checks every row while nobody can write.",
    "Add it `not valid`, and `validate constraint` in a later migration.",
  ),
  rule(
    "disallowed-unique-constraint",
    "error",
    " gets a unique constraint whose index is built while nobody can read or write.",
    "Build a unique index CONCURRENTLY in a migration without a transaction, then `add constraint … unique using index`.",
  ),
  rule(
    "require-concurrent-index-creation",
    "error",
    " gets an index that is built while nobody can write.",
    "Write `create index concurrently` in a migration of its own whose first line is `-- atoll: no-transaction`.",
  ),
  rule(
    "require-concurrent-index-deletion",
    "warning",
    " loses an index under a lock that waits for, and holds up, all who use the table.",
    "Write `drop index concurrently` in a migration of its own whose first line is `-- atoll: no-transaction`.",
  ),
  rule(
    "require-concurrent-reindex",
    "error",
    " is indexed anew while nobody can write.",
    "Write `reindex … concurrently` in a migration of its own whose first line is `-- atoll: no-transaction`.",
  ),
  rule(
    "require-concurrent-partition-detach",
    "warning",
    " loses a partition under a lock that holds up all who use the table.",
    "Write `detach partition … concurrently` in a migration whose first line is `-- atoll: no-transaction`.",
  ),
  rule(
    "renaming-column",
    "error",
    " gets another name for a column, and applications of the earlier version still ask for the old one.",
    "Add a new column and keep both filled until no instance runs the earlier version.",
  ),
  rule(
    "renaming-table",
    "error",
    " gets another name, and applications of the earlier version still ask for the old one.",
    "Keep the name, or leave a view with the old name until no instance runs the earlier version.",
  ),
  rule(
    "ban-drop-database",
    "error",
    " drops a whole database.",
    "Take it out: an instance's database is removed by destroying the instance.",
  ),
  rule(
    "ban-drop-not-null",
    "warning",
    " lets a column be null, which applications of the earlier version do not expect.",
    "Ship a version that copes with null first.",
  ),
  rule(
    "ban-truncate-cascade",
    "error",
    " is emptied together with every table that points to it.",
    "Name each table that is to be emptied, without CASCADE.",
  ),
  rule(
    "ban-alter-domain-with-add-constraint",
    "error",
    " reads every table that uses the domain, under a lock.",
    "Put the constraint on the column's table, `not valid` first.",
  ),
  rule(
    "identifier-too-long",
    "warning",
    " has a name of more than 63 bytes, which PostgreSQL cuts off without saying so.",
    "Choose a shorter name.",
  ),
];

/** Rules that say the same as a more exact one at the same statement. */
export const lessExact: Readonly<Record<string, readonly string[]>> = {
  "constraint-missing-not-valid": [
    "adding-foreign-key-constraint",
    "disallowed-unique-constraint",
    "adding-serial-primary-key-field",
  ],
  "data-loss": ["ban-truncate-cascade"],
};
