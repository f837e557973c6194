import { Fault } from "@atoll/core/fault";
import pg from "pg";

/** A provider for tests: its inventory is a table outside the worker, so that a killed worker cannot lie. */
export interface Thing {
  name: string;
  id: string;
  owner: string;
  props: Record<string, unknown>;
  /** Looked at fewer times than this, it settles. */
  settles: number;
}

/** What goes wrong with the next calls to a name. `times` counts down; -1 = always. */
export interface Trouble {
  name: string;
  on: "observe" | "create" | "update" | "remove";
  does: "reject" | "try-again" | "lose-answer" | "lose-call" | "bug" | "tell-owner" | "bug-owner";
  times: number;
}

const tables = `
  create table if not exists things (
    name text primary key, id text not null, owner text not null, props jsonb not null,
    settles integer not null default 0, hidden integer not null default 0, within_id text);
  create table if not exists troubles (name text, on_call text, does text, times integer);
  create table if not exists writes (at bigint generated always as identity, call text, name text);
  create table if not exists reads (at bigint generated always as identity, name text);
  create table if not exists sayings (name text, words text);
  create table if not exists sent (key text primary key, body jsonb, times integer not null default 1);
`;

export class FakeCloud {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: 4 });
    this.#pool.on("error", () => {});
  }

  async #rows<Row extends object>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(sql, params)).rows;
  }

  async prepare(): Promise<void> {
    await this.#rows("select pg_advisory_lock(1)");
    await this.#rows(tables);
    await this.#rows("select pg_advisory_unlock_all()");
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  // What tests ask and plant.

  inventory(): Promise<Thing[]> {
    return this.#rows<Thing>("select name, id, owner, props from things order by name");
  }

  async writes(): Promise<string[]> {
    const rows = await this.#rows<{ line: string }>(
      "select call || ' ' || name as line from writes order by at",
    );
    return rows.map((row) => row.line);
  }

  async reads(): Promise<number> {
    const [row] = await this.#rows<{ n: number }>("select count(*)::int as n from reads");
    return row?.n ?? 0;
  }

  sent(): Promise<{ key: string; body: unknown; times: number }[]> {
    return this.#rows("select key, body, times from sent order by key");
  }

  async trouble({ name, on, does, times }: Trouble): Promise<void> {
    await this.#rows("insert into troubles values ($1, $2, $3, $4)", [name, on, does, times]);
  }

  async calm(): Promise<void> {
    await this.#rows("delete from troubles");
  }

  async plant(name: string, owner: string, props: object): Promise<void> {
    await this.#rows("insert into things (name, id, owner, props) values ($1, $1 || '-planted', $2, $3)", [
      name,
      owner,
      JSON.stringify(props),
    ]);
  }

  /** What a badly written adapter would put in its errors. */
  async say(slug: string, words: string): Promise<void> {
    await this.#rows("insert into sayings values ($1, $2)", [`${slug}-project`, words]);
  }

  async #saying(name: string): Promise<string> {
    const [row] = await this.#rows<{ words: string }>("select words from sayings where name = $1", [name]);
    return row?.words ?? "";
  }

  async give(name: string, owner: string): Promise<void> {
    await this.#rows("update things set owner = $2 where name = $1", [name, owner]);
  }

  async change(name: string, props: object): Promise<void> {
    await this.#rows("update things set props = props || $2 where name = $1", [name, JSON.stringify(props)]);
  }

  // What the resources call.

  async #meet(name: string, call: Trouble["on"], phase: "before" | "after"): Promise<void> {
    const does =
      phase === "after" ? "'lose-answer'" : "'reject','try-again','lose-call','bug','tell-owner','bug-owner'";
    const [row] = await this.#rows<{ does: Trouble["does"] }>(
      `update troubles set times = times - 1 where ctid = (select ctid from troubles
         where name = $1 and on_call = $2 and times <> 0 and does in (${does}) limit 1 for update) returning does`,
      [name, call],
    );
    if (!row) return;
    const details = { what: `The provider failed at ${call} of ${name}.`, next: "Look at the provider." };
    if (row.does === "reject") throw new Fault("rejected", details);
    if (row.does === "try-again") throw new Fault("try-again", { ...details, retryInMs: 100 });
    if (row.does === "tell-owner")
      throw new Fault("rejected", { ...details, what: await this.#saying(name) });
    if (row.does === "bug-owner") throw new TypeError(await this.#saying(name));
    if (row.does === "bug") throw new TypeError(`undefined is not a function (${name})`);
    throw new Fault("outcome-unknown", details);
  }

  async observe(name: string, id: string | undefined): Promise<Thing | undefined> {
    await this.#rows("insert into reads (name) values ($1)", [name]);
    await this.#meet(name, "observe", "before");
    await this.#rows("update things set hidden = hidden - 1 where name = $1 and hidden > 0", [name]);
    const [thing] = await this.#rows<Thing>(
      `update things set settles = greatest(settles - 1, 0)
       where (name = $1 or id = $2) and hidden = 0 returning name, id, owner, props, settles`,
      [name, id ?? ""],
    );
    return thing;
  }

  async create(
    name: string,
    owner: string,
    props: object,
    how: { settles: number; hidden: number; within: string | undefined },
  ): Promise<string> {
    await this.#meet(name, "create", "before");
    const id = `${name}-${Math.random().toString(36).slice(2)}`;
    await this.#rows(
      // One statement: a worker that is killed meanwhile leaves either both rows or none.
      `with noted as (insert into writes (call, name) values ('create', $1))
       insert into things (name, id, owner, props, settles, hidden, within_id) values ($1, $2, $3, $4, $5, $6, $7)`,
      [name, id, owner, JSON.stringify(props), how.settles, how.hidden, how.within ?? null],
    );
    await this.#meet(name, "create", "after");
    return id;
  }

  async update(name: string, props: object): Promise<void> {
    await this.#meet(name, "update", "before");
    await this.#rows("insert into writes (call, name) values ('update', $1)", [name]);
    await this.#rows("update things set props = props || $2 where name = $1", [name, JSON.stringify(props)]);
    await this.#meet(name, "update", "after");
  }

  async remove(id: string): Promise<void> {
    const [thing] = await this.#rows<{ name: string }>("select name from things where id = $1", [id]);
    if (!thing) return;
    await this.#meet(thing.name, "remove", "before");
    await this.#rows(
      `with noted as (insert into writes (call, name) values ('remove', $2))
       delete from things where id = $1 or within_id = $1`,
      [id, thing.name],
    );
    await this.#meet(thing.name, "remove", "after");
  }

  async send(key: string, body: object): Promise<void> {
    await this.#meet(key, "create", "before");
    await this.#rows(
      "insert into sent (key, body) values ($1, $2) on conflict (key) do update set times = sent.times + 1",
      [key, JSON.stringify(body)],
    );
    await this.#meet(key, "create", "after");
  }
}
