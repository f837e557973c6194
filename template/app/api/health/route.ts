import { environment, environmentProblems } from "@/lib/environment";

export const dynamic = "force-dynamic";

/** PostgREST answers for itself with these codes when it has no database behind it. */
const withoutDatabase = new Set(["PGRST000", "PGRST001", "PGRST002", "PGRST003"]);

async function databaseAnswers(): Promise<boolean> {
  const { supabaseUrl, supabaseKey } = environment();
  try {
    const response = await fetch(`${supabaseUrl}/rest/v1/users?select=id&limit=1`, {
      headers: { apikey: supabaseKey },
      signal: AbortSignal.timeout(3000),
      cache: "no-store",
    });
    if (response.ok) return true;
    // A refusal by Postgres itself (42501, no grant for visitors) proves as well that it is there.
    const body: unknown = await response.json();
    const code = typeof body === "object" && body !== null && "code" in body ? String(body.code) : "";
    return response.status < 500 && code !== "" && !withoutDatabase.has(code);
  } catch {
    return false;
  }
}

/** Whether this instance runs, which one it is, and whether its database answers. */
export async function GET(): Promise<Response> {
  const missing = environmentProblems();
  const { instanceId } = environment();
  const instance = instanceId ?? null;
  const headers = { "cache-control": "no-store" };
  if (missing.length > 0) {
    return Response.json({ ok: false, instance, database: false, missing }, { status: 503, headers });
  }
  return Response.json({ ok: true, instance, database: await databaseAnswers() }, { headers });
}
