import pg from "pg";
import { answerOf, malformedAnswer, type ReadyAnswer, unknownAnswer, unsureAnswer } from "./answer.ts";
import { hostFrom, isWithin } from "./host.ts";
import { openMemory } from "./memory.ts";
import { readOne, standsBelow } from "./rows.ts";
import type { ResolverSettings } from "./settings.ts";
import { watchRegistry } from "./watch.ts";

interface ResolverOptions {
  databaseUrl: string;
  settings: ResolverSettings;
  onError?: (error: unknown) => void;
  beatMs?: number;
  /** How long answers stand that nobody can check, when the database cannot be reached. Default 10 seconds. */
  graceMs?: number;
}

/** Says what an address leads to: from memory as long as every change is heard, else from the registry itself. */
export interface Resolver {
  readonly settings: ResolverSettings;
  /** The answer for a host as a client sent it. */
  byHost(typed: string): ReadyAnswer | Promise<ReadyAnswer>;
  /** The answer for a subdomain. */
  byName(subdomain: string): ReadyAnswer | Promise<ReadyAnswer>;
  /** Whether it answers from memory, and how many instances it knows. */
  state(): { heard: boolean; instances: number };
  /** Resolves when it answers from memory. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const isSubdomain = /^[a-z0-9-]{1,63}$/;
const mostLookUps = 1_000; // that wait at once

/** Opens a resolver on a hub's database, which it only reads. It answers at once; `ready` = from memory. */
export function openResolver(options: ResolverOptions): Resolver {
  const { databaseUrl, settings, onError = () => {}, beatMs = 1_000, graceMs = 10_000 } = options;
  const { domain, environment } = settings;
  const memory = openMemory(domain, environment);
  const watch = watchRegistry({ databaseUrl, memory, onError, beatMs });
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 2,
    application_name: "atoll resolver look-up",
    connectionTimeoutMillis: 1_000,
    query_timeout: 2_000,
    options: "-c default_transaction_read_only=on",
  });
  pool.on("error", () => {});

  const underWay = new Map<string, Promise<ReadyAnswer>>();

  /** Asks the registry. Where it cannot be reached, what was known last stands for a while. */
  function lookUp(
    key: string,
    by: Parameters<typeof readOne>[1],
    known: () => ReadyAnswer | undefined,
    isBelow = false,
  ): Promise<ReadyAnswer> {
    const joined = underWay.get(key);
    if (joined !== undefined) return joined;
    if (underWay.size >= mostLookUps) return Promise.resolve(unsureAnswer);
    const asked = readOne(pool, by)
      .then(
        (row) =>
          row === undefined || (isBelow && !standsBelow(row, environment)) ? unknownAnswer : answerOf(row),
        (error: unknown) => {
          onError(error);
          const lostAt = watch.lostAt();
          const isFresh = lostAt !== undefined && performance.now() - lostAt <= graceMs;
          return isFresh ? (known() ?? unknownAnswer) : unsureAnswer;
        },
      )
      .finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  }

  function byName(subdomain: string): ReadyAnswer | Promise<ReadyAnswer> {
    if (watch.isTrue()) return memory.byName(subdomain) ?? unknownAnswer;
    if (!isSubdomain.test(subdomain)) return unknownAnswer;
    return lookUp(`name ${subdomain}`, { subdomain }, () => memory.byName(subdomain));
  }

  return {
    settings,
    byHost(typed) {
      if (watch.isTrue()) {
        const found = memory.byHost(typed); // as it is nearly always written
        if (found !== undefined) return found;
      }
      if (typed.includes(",")) return malformedAnswer;
      const host = hostFrom(typed);
      if (host === undefined) return unknownAnswer;
      if (watch.isTrue()) return memory.byHost(host) ?? unknownAnswer;
      if (domain === undefined || !isWithin(host, domain))
        return lookUp(host, { host }, () => memory.byHost(host));
      const subdomain = host.slice(0, -domain.length - 1);
      if (!isSubdomain.test(subdomain)) return unknownAnswer;
      return lookUp(host, { subdomain }, () => memory.byHost(host), true);
    },
    byName,
    state: () => ({ heard: watch.isTrue(), instances: memory.size() }),
    ready: watch.ready,
    async close() {
      await watch.close();
      await pool.end();
    },
  };
}
