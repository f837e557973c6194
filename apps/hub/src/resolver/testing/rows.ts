import type pg from "pg";

/** The publishable key that a row made here has. */
export const publishableKey = (subdomain: string): string => `sb_publishable_${subdomain}`;

/** An instance as the engine leaves it when it went live; its id is `id-SLUG`. */
export async function makeLive(
  sql: pg.Client | pg.Pool,
  slug: string,
  answers: Record<string, unknown> = {},
): Promise<void> {
  const id = `id-${slug}`;
  await sql.query(
    `insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, url, live_at)
     values ($1, $2, 'community', 'local', 'live', $3, '{}', $4, now())`,
    [id, slug, JSON.stringify({ name: slug, locale: "en", ...answers }), `https://${slug}.example`],
  );
  const things = [
    ["project", "supabase.project", { ref: slug, url: `https://${slug}.supabase.test` }],
    [
      "api-keys",
      "supabase.api-keys",
      { publishable: publishableKey(slug), secret: { $secret: "step:api-keys:attrs.secret" } },
    ],
    ["schema", "postgres.schema", { version: 3 }],
  ] as const;
  for (const [step, kind, attrs] of things)
    await sql.query(
      `insert into atoll.resources (instance_id, step, kind, name, provider_id, origin, schema_version, attrs)
       values ($1, $2, $3, $2, $2, 'created', 1, $4)`,
      [id, step, kind, JSON.stringify(attrs)],
    );
}

/** A row without an instance, as somebody writes it with psql: again = changed. */
export async function registerByHand(
  sql: pg.Client | pg.Pool,
  subdomain: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const row: Record<string, unknown> = {
    subdomain,
    community_name: subdomain,
    blueprint: "community",
    supabase_url: `https://${subdomain}.supabase.test`,
    supabase_anon_key: publishableKey(subdomain),
    custom_domain: null,
    ...more,
  };
  const columns = Object.keys(row);
  await sql.query(
    `insert into atoll.instance_registry (${columns}) values (${columns.map((_, at) => `$${at + 1}`)})
     on conflict (subdomain) do update set ${columns.map((each) => `${each} = excluded.${each}`)}`,
    Object.values(row),
  );
}
