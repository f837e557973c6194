import pg from "pg";
import type { Client, Look } from "../look.ts";

/** What is recorded of a client's secrets opens its database and signs its first admin in. */
export async function opening({ clients, cloudUrl }: Look): Promise<string[]> {
  const found = await Promise.all(
    clients.map(async (client) =>
      client.instance?.state === "live" || client.instance?.state === "paused"
        ? opened(client, cloudUrl)
        : [],
    ),
  );
  return found.flat();
}

async function opened({ slug, secrets, databaseUrl, things }: Client, cloudUrl: string): Promise<string[]> {
  const wrong: string[] = [];
  if (databaseUrl === undefined) return [`${slug} has lost its database's password`];
  const client = new pg.Client({ connectionString: databaseUrl });
  try {
    await client.connect();
    await client.query("select 1");
  } catch (error) {
    wrong.push(`${slug}'s database: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client.end().catch(() => {});
  }
  const ref = things.find(({ kind }) => kind === "supabase.project")?.id;
  const keys = things.find(({ step }) => step === "api-keys")?.attrs as { publishable?: string } | undefined;
  const answer = await fetch(`${cloudUrl}/supabase/projects/${ref}/auth/v1/token?grant_type=password`, {
    method: "POST",
    headers: { apikey: String(keys?.publishable ?? ""), "content-type": "application/json" },
    body: JSON.stringify({ email: `owner@${slug}.example`, password: secrets.temporaryPassword ?? "" }),
  });
  if (!answer.ok) wrong.push(`${slug}'s first admin cannot sign in: ${answer.status} ${await answer.text()}`);
  return wrong;
}
