/** A text out of the address; the router reads one that looks like a number as a number. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Those of a few values that the address names; undefined = none of them. */
export function someOf<Value extends string>(values: readonly Value[], named: unknown): Value[] | undefined {
  const all = Array.isArray(named) ? named : [named];
  const found = values.filter((each) => all.includes(each));
  return found.length > 0 ? found : undefined;
}
