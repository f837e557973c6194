import { slugOf } from "@atoll/hub/schema/testing/yard";
import pg from "pg";

/** Something that makes a database fail, and how to take it away again. */
interface Planted {
  slug: string;
  cause: Cause;
  remove(): Promise<void>;
}

const causes = ["lock", "quota", "conflict", "cut", "timeout"] as const;
export type Cause = (typeof causes)[number];

/** What a rollout says of each. */
export const saysOf: Record<Cause, RegExp> = {
  lock: /held a lock/,
  quota: /disk quota exceeded/,
  conflict: /stands in the way.*extra/,
  cut: /broke off|terminating connection/,
  timeout: /statement timeout/,
};

const onDdl = (body: string) => `
create function public.hurt() returns event_trigger language plpgsql as $$ begin ${body} end $$;
create event trigger hurt on ddl_command_end execute function public.hurt();`;
const healed = "drop event trigger hurt; drop function public.hurt();";

const plants: Record<Exclude<Cause, "lock">, [plant: string, remove: string]> = {
  quota: [onDdl("raise exception 'disk quota exceeded' using errcode = '53100';"), healed],
  conflict: ["create table public.extra (mine integer);", "drop table public.extra;"],
  cut: [onDdl("perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1);"), healed],
  timeout: [onDdl("perform pg_sleep(60);"), healed],
};

async function connected(serverUrl: string, database: string): Promise<pg.Client> {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Plants the causes by turns in every twentieth database of a yard, the first of them aside: it is the canary. */
export async function plant(serverUrl: string, prefix: string, count: number): Promise<Planted[]> {
  const planted: Planted[] = [];
  for (let n = 19; n < count; n += 20) {
    const slug = slugOf(prefix, n);
    const cause = causes[planted.length % causes.length] ?? "lock";
    const client = await connected(serverUrl, slug);
    if (cause === "lock") {
      await client.query("begin; lock table public.people in access exclusive mode");
      planted.push({ slug, cause, remove: () => client.end() });
      continue;
    }
    const [sql, undo] = plants[cause];
    await client.query(sql);
    await client.end();
    planted.push({
      slug,
      cause,
      async remove() {
        const again = await connected(serverUrl, slug);
        // Event triggers would see their own end.
        await again.query(`set event_triggers = off; ${undo}`);
        await again.end();
      },
    });
  }
  return planted;
}
