/**
 * What went wrong at an instance, for the hub's log: the instance, the kind of error and its place, without its message,
 * which may hold values.
 */
export function failedAt(slug: string, error: unknown): Error {
  const noted = new Error(`"${slug}" could not be looked at.`);
  const isError = error instanceof Error;
  noted.name = `${isError ? error.name : "Unknown"} at ${slug}`;
  const places = (isError ? (error.stack ?? "") : "").split("\n").filter((line) => /^\s+at /.test(line));
  noted.stack = [`${noted.name}: ${noted.message}`, ...places].join("\n");
  return noted;
}

/** Throws what went wrong meanwhile, if anything did: each of it reaches the log. */
export function throwAll(failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  throw failures.length === 1 ? failures[0] : new AggregateError(failures);
}
