/** What the application is told from outside. */
export interface Environment {
  supabaseUrl: string;
  /** The publishable (or the older anon) key: row-level security decides what it may see. */
  supabaseKey: string;
  clientName: string | undefined;
  instanceId: string | undefined;
  projectRef: string | undefined;
}

// The name stands in a variable: with a literal, Next would write NEXT_PUBLIC_ values into the build.
function read(name: string): string | undefined {
  const value = process.env[name]?.trim();
  return value === "" ? undefined : value;
}

/** Names of the variables that are missing or unusable; empty = the application can run. */
export function environmentProblems(): string[] {
  const problems: string[] = [];
  const url = read("NEXT_PUBLIC_SUPABASE_URL");
  if (url === undefined) problems.push("NEXT_PUBLIC_SUPABASE_URL");
  else if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    problems.push("NEXT_PUBLIC_SUPABASE_URL (not an http(s) address)");
  }
  if (publicKey() === undefined) problems.push("NEXT_PUBLIC_SUPABASE_ANON_KEY");
  return problems;
}

function publicKey(): string | undefined {
  return read("NEXT_PUBLIC_SUPABASE_ANON_KEY") ?? read("NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY");
}

/** The environment as it is now. Ask `environmentProblems` first: what is missing is an empty string here. */
export function environment(): Environment {
  return {
    supabaseUrl: read("NEXT_PUBLIC_SUPABASE_URL")?.replace(/\/+$/, "") ?? "",
    supabaseKey: publicKey() ?? "",
    clientName: read("CLIENT_NAME"),
    instanceId: read("ATOLL_INSTANCE_ID"),
    projectRef: read("SUPABASE_PROJECT_REF"),
  };
}
