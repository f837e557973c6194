import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** Documents by key, kept in a file; a change is in the file before the call that made it answers. */
export interface Collection<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): T;
  delete(key: string): boolean;
  values(): T[];
}

/** All collections of a local cloud. */
export interface Store {
  collection<T>(name: string): Collection<T>;
  close(): void;
}

interface Line {
  collection: string;
  key: string;
  /** Absent = deleted. */
  value?: unknown;
}

function replay(file: string): Map<string, Map<string, unknown>> {
  const all = new Map<string, Map<string, unknown>>();
  if (!existsSync(file)) return all;
  for (const text of readFileSync(file, "utf8").split("\n")) {
    let line: Line;
    try {
      line = JSON.parse(text) as Line; // written below
    } catch {
      continue; // the last line, cut off by a kill -9 in the middle of it
    }
    const documents = all.get(line.collection) ?? new Map<string, unknown>();
    all.set(line.collection, documents);
    if (line.value === undefined) documents.delete(line.key);
    else documents.set(line.key, line.value);
  }
  return all;
}

/**
 * Opens the file of a local cloud: a line for each change, appended before the call answers, so that
 * kill -9 loses nothing that a client was told. At start the lines are replayed and written anew, short.
 */
export function openStore(dataDir: string): Store {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, "store.ndjson");
  const all = replay(file);
  const fresh = `${file}.new`;
  const lines = [...all].flatMap(([collection, documents]) =>
    [...documents].map(([key, value]) => `${JSON.stringify({ collection, key, value })}\n`),
  );
  writeFileSync(fresh, lines.join(""), { mode: 0o600 });
  renameSync(fresh, file);
  const handle = openSync(file, "a", 0o600);

  return {
    collection<T>(name: string): Collection<T> {
      const documents = (all.get(name) ?? new Map<string, unknown>()) as Map<string, T>; // one collection holds one type
      all.set(name, documents);
      const write = (line: Line) => appendFileSync(handle, `${JSON.stringify(line)}\n`);
      return {
        get: (key) => documents.get(key),
        set: (key, value) => {
          write({ collection: name, key, value });
          documents.set(key, value);
          return value;
        },
        delete: (key) => {
          if (!documents.has(key)) return false;
          write({ collection: name, key });
          return documents.delete(key);
        },
        values: () => [...documents.values()],
      };
    },
    close: () => closeSync(handle),
  };
}
