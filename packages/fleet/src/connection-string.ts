/** A connection string, taken apart. */
export interface Connection {
  /** In small letters. */
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** Reads "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"; undefined where anything of it is missing or cannot be read. */
export function readConnection(text: string): Connection | undefined {
  const url = URL.parse(text);
  // What is not percent-encoded ends the password early: the rest would be taken for a fragment or a query.
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hash !== "") return undefined;
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decoded);
  const port = Number(url.port || 5432);
  if (!user || !password || !database || url.hostname === "" || port === 0) return undefined;
  const host = url.hostname.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return { host, port, user, password, database };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
