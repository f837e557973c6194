import type { Client } from "pg";

/** How many instances the benchmarks of lists have. */
export const instances = 10_000;

/** Slugs sort as their numbers do, and names hold words to search for. */
const fillSql = `
  insert into atoll.instances (id, slug, blueprint, environment, state, answers, chosen, url, live_at, last_run)
  select 'bench' || n, 'client-' || lpad(n::text, 5, '0'), 'business', 'local',
         (array['live','live','live','updating','failed','provisioning','paused','removed'])[1 + n % 8],
         jsonb_build_object('name', (array['Toko','Warung','Atelier','Studio','Praxis'])[1 + n % 5] || ' ' || n,
           'slug', 'client-' || lpad(n::text, 5, '0'), 'adminEmail', 'owner@client-' || n || '.example',
           'locale', 'en', 'region', 'eu-west-3', 'modules', '["crm","email","social","content"]'::jsonb),
         jsonb_build_object('suffix', md5(n::text)), 'https://client-' || n || '.example', now(), 1
    from generate_series(1, $1) n`;

/** Fills the registry. */
export async function fillInstances(sql: Client): Promise<void> {
  await sql.query(fillSql, [instances]);
  await sql.query("vacuum analyze atoll.instances");
}
