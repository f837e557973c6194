/** A text as an SQL literal that cannot be left, whatever is in it. Postgres knows no NUL character. */
export function sqlLiteral(text: string): string {
  if (text.includes("\0")) throw new Error("A text for the database holds a NUL character.");
  const quoted = `'${text.replaceAll("'", "''")}'`;
  // An E literal means the same under every setting of standard_conforming_strings.
  return quoted.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** A name as an SQL identifier. */
export function sqlIdentifier(name: string): string {
  if (name.includes("\0")) throw new Error("A name for the database holds a NUL character.");
  return `"${name.replaceAll('"', '""')}"`;
}

/** A longer piece of SQL as a literal that stays readable, between dollar tags that it does not hold itself. */
export function dollarQuoted(sql: string, stem: string): string {
  let tag = `$${stem}$`;
  for (let n = 1; sql.includes(tag); n += 1) tag = `$${stem}_${n}$`;
  return `${tag}${sql}${tag}`;
}
