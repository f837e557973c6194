import type pg from "pg";
import { type Catalog, readCatalog } from "./catalog.ts";
import { DataProblem, problemOf } from "./problem.ts";
import { readSql, type Statement } from "./read.ts";
import { argumentsIn, callSql } from "./rpc.ts";
import { deleteSql, insertSql, updateSql, type WriteOptions } from "./write.ts";

/** Who asks, as the key and the token in the request say. */
export interface Caller {
  role: "anon" | "authenticated" | "service_role";
  /** Claims of the token, as `auth.jwt()` gives them. */
  claims: Record<string, unknown>;
}

/** A project's Data API: the part of PostgREST that supabase-js uses, executed under the caller's role. */
export interface DataApi {
  /** `path` is what stands after `/rest/v1`: "/contacts", "/rpc/name". */
  handle(request: Request, path: string, caller: Caller): Promise<Response>;
}

interface Page {
  body: string;
  length: number;
  total: number | null;
}

interface Preferences {
  representation: boolean;
  headersOnly: boolean;
  count: boolean;
  resolution: WriteOptions["resolution"];
}

function preferences(request: Request): Preferences {
  const words = (request.headers.get("prefer") ?? "").split(",").map((each) => each.trim());
  return {
    representation: words.includes("return=representation"),
    headersOnly: words.includes("return=headers-only"),
    count: words.some((each) => each.startsWith("count=")),
    resolution: words.includes("resolution=merge-duplicates")
      ? "merge-duplicates"
      : words.includes("resolution=ignore-duplicates")
        ? "ignore-duplicates"
        : undefined,
  };
}

function rangeOf(request: Request): { offset: number; limit: number | undefined } | undefined {
  const found = /^(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (found === null || request.headers.get("range-unit") === "bytes") return undefined;
  const offset = Number(found[1]);
  return { offset, limit: found[2] ? Number(found[2]) - offset + 1 : undefined };
}

const offsetOf = (request: Request, query: URLSearchParams) =>
  rangeOf(request)?.offset ?? Number(query.get("offset") ?? 0);

/** "0-9/30"; "*" for what is empty or not counted. */
function contentRange({ length, total }: Page, offset: number): string {
  return `${length === 0 ? "*" : `${offset}-${offset + length - 1}`}/${total ?? "*"}`;
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new DataProblem(400, "PGRST102", "Empty or invalid json");
  }
}

/** Answers requests of one project, at most `maxRows` at once; `pool` connects as a role that may become anon, authenticated, service_role. */
export function dataApi(pool: pg.Pool, maxRows: () => number | undefined = () => undefined): DataApi {
  /** One transaction under the caller's role and claims: row-level security decides, here as there. */
  async function as<T>(
    caller: Caller,
    readOnly: boolean,
    work: (client: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query(readOnly ? "begin read only" : "begin");
      // The role is one of three words of ours; the claims are a value.
      await client.query(`set local role ${caller.role}`);
      await client.query(
        "select set_config('request.jwt.claims', $1, true), set_config('search_path', 'public, extensions', true)",
        [JSON.stringify(caller.claims)],
      );
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  const ask = async (client: pg.PoolClient, { text, values }: Statement): Promise<Page> => {
    const { rows, rowCount } = await client.query<Partial<Page>>(text, values);
    const [page] = rows;
    return { body: page?.body ?? "", length: page?.length ?? rowCount ?? 0, total: page?.total ?? null };
  };

  /** The body as the client wants it: a list, or exactly one object. */
  function shaped(
    request: Request,
    page: Page,
    statusText: { status: number; headers: Record<string, string> },
  ): Response {
    const wantsOne = (request.headers.get("accept") ?? "").includes("vnd.pgrst.object");
    if (wantsOne && page.length !== 1) {
      throw new DataProblem(406, "PGRST116", "Cannot coerce the result to a single JSON object", {
        details: `The result contains ${page.length} rows`,
      });
    }
    const body = wantsOne ? JSON.stringify((JSON.parse(page.body) as unknown[])[0]) : page.body;
    const type = wantsOne
      ? "application/vnd.pgrst.object+json; charset=utf-8"
      : "application/json; charset=utf-8";
    return new Response(request.method === "HEAD" ? null : body, {
      status: statusText.status,
      headers: { "content-type": type, ...statusText.headers },
    });
  }

  async function read(
    request: Request,
    catalog: Catalog,
    table: string,
    query: URLSearchParams,
    caller: Caller,
  ): Promise<Response> {
    const { count } = preferences(request);
    const range = rangeOf(request);
    const statement = readSql(catalog, table, query, { count, range, maxRows: maxRows() });
    const page = await as(caller, true, (client) => ask(client, statement));
    const offset = offsetOf(request, query);
    if (page.total !== null && offset > 0 && offset >= page.total) {
      throw new DataProblem(416, "PGRST103", "Requested range not satisfiable", {
        details: `An offset of ${offset} was requested, but there are only ${page.total} rows.`,
      });
    }
    const partial = page.total !== null && page.length < page.total;
    return shaped(request, page, {
      status: partial ? 206 : 200,
      headers: { "content-range": contentRange(page, offset) },
    });
  }

  async function write(
    request: Request,
    catalog: Catalog,
    table: string,
    query: URLSearchParams,
    caller: Caller,
  ): Promise<Response> {
    const { representation, resolution, count } = preferences(request);
    const options: WriteOptions = { representation, ...(resolution === undefined ? {} : { resolution }) };
    const body = request.method === "DELETE" ? undefined : await bodyOf(request);
    const statement =
      request.method === "POST"
        ? insertSql(catalog, table, query, body, options)
        : request.method === "PATCH"
          ? updateSql(catalog, table, query, body, options)
          : deleteSql(catalog, table, query, options);
    const created = request.method === "POST";
    const page = await as(caller, false, async (client) => {
      const done = await ask(client, statement);
      const wantsOne = (request.headers.get("accept") ?? "").includes("vnd.pgrst.object");
      // Refused inside the transaction: a write that cannot answer as asked must not have happened.
      if (representation && wantsOne && done.length !== 1) {
        throw new DataProblem(406, "PGRST116", "Cannot coerce the result to a single JSON object", {
          details: `The result contains ${done.length} rows`,
        });
      }
      return done;
    });
    const headers = { "content-range": `*/${count ? page.length : "*"}` };
    if (representation) return shaped(request, page, { status: created ? 201 : 200, headers });
    return new Response(null, { status: created ? 201 : 204, headers });
  }

  async function rpc(
    request: Request,
    catalog: Catalog,
    name: string,
    query: URLSearchParams,
    caller: Caller,
  ): Promise<Response> {
    const { given, rest } =
      request.method === "POST"
        ? { given: await bodyOf(request), rest: query }
        : argumentsIn(catalog, name, query);
    if (typeof given !== "object" || given === null || Array.isArray(given))
      throw new DataProblem(400, "PGRST102", "Empty or invalid json");
    const { count } = preferences(request);
    const call = callSql(catalog, name, { ...given }, rest, {
      count,
      range: rangeOf(request),
      maxRows: maxRows(),
    });
    const page = await as(caller, request.method !== "POST", (client) => ask(client, call));
    if (call.gives === "nothing") return new Response(null, { status: 204 });
    if (call.gives === "rows")
      return shaped(request, page, {
        status: 200,
        headers: { "content-range": contentRange(page, offsetOf(request, rest)) },
      });
    const [value] = JSON.parse(page.body) as unknown[]; // json_agg gives a list
    return new Response(JSON.stringify(value ?? null), {
      headers: { "content-type": "application/json; charset=utf-8" },
    });
  }

  return {
    async handle(request, path, caller) {
      try {
        const catalog = await readCatalog(pool);
        const query = new URL(request.url).searchParams;
        const [first = "", second] = path
          .split("/")
          .filter((each) => each !== "")
          .map(decodeURIComponent);
        if (first === "rpc" && second !== undefined)
          return await rpc(request, catalog, second, query, caller);
        if (second !== undefined || first === "")
          throw new DataProblem(404, "PGRST125", "Invalid path specified in request URL");
        switch (request.method) {
          case "GET":
          case "HEAD":
            return await read(request, catalog, first, query, caller);
          case "POST":
          case "PATCH":
          case "DELETE":
            return await write(request, catalog, first, query, caller);
          default:
            throw new DataProblem(405, "PGRST117", `Unsupported HTTP method: ${request.method}`);
        }
      } catch (error) {
        const problem = problemOf(error, caller.role === "anon");
        return Response.json(problem.body(), {
          status: problem.status,
          headers: problem.status === 401 ? { "www-authenticate": "Bearer" } : {},
        });
      }
    },
  };
}
