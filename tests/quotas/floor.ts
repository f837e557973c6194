/** A call as the local cloud logged it. */
interface Call {
  provider: string;
  method: string;
  path: string;
}

interface Limit {
  of: string;
  limit: number;
  windowMs: number;
  /** What is counted together; undefined = not counted. */
  key(call: Call): string | undefined;
  points?(call: Call): number;
}

const minuteMs = 60_000;
const isRead = ({ method }: Call) => method === "GET" || method === "HEAD";
const at = (provider: string, key: (call: Call) => string | undefined) => (call: Call) =>
  call.provider === provider ? key(call) : undefined;
const makesContent = at("github", ({ method }) => (method === "POST" || method === "PUT" ? "" : undefined));
const withoutIds = ({ method, path }: Call) =>
  `${method} ${path
    .split("/")
    .map((part, index) => (index > 1 && index % 2 === 1 ? "_" : part))
    .join("/")}`;

/** The limits that the local cloud enforces, which are those of the providers (docs/quotas.md). */
const limits: Limit[] = [
  { of: "GitHub content a minute", limit: 80, windowMs: minuteMs, key: makesContent },
  { of: "GitHub content an hour", limit: 500, windowMs: 60 * minuteMs, key: makesContent },
  { of: "GitHub calls an hour", limit: 5_000, windowMs: 60 * minuteMs, key: at("github", () => "") },
  {
    of: "GitHub points a minute",
    limit: 900,
    windowMs: minuteMs,
    key: at("github", () => ""),
    points: (call) => (isRead(call) ? 1 : 5),
  },
  { of: "Vercel", limit: 600, windowMs: minuteMs, key: at("vercel", withoutIds) },
  {
    of: "Supabase",
    limit: 120,
    windowMs: minuteMs,
    key: at("supabase", ({ method, path }) => (path.startsWith("/v1/") ? `${method} ${path}` : undefined)),
  },
  { of: "Netlify", limit: 500, windowMs: minuteMs, key: at("netlify", () => "") },
  { of: "Resend", limit: 5, windowMs: 1_000, key: at("resend", () => "") },
];

/**
 * The least time that these calls take: with n points under a limit of L in a window of W, the last of them can be made
 * no sooner than (ceil(n / L) - 1) windows after the first.
 */
export function floorOf(calls: readonly Call[]): {
  ms: number;
  of: { of: string; points: number; ms: number }[];
} {
  const all = limits.flatMap(({ of, limit, windowMs, key, points = () => 1 }) => {
    const counts = new Map<string, number>();
    for (const call of calls) {
      const counted = key(call);
      if (counted !== undefined) counts.set(counted, (counts.get(counted) ?? 0) + points(call));
    }
    return [...counts].map(([counted, sum]) => ({
      of: counted === "" ? of : `${of}: ${counted}`,
      points: sum,
      ms: (Math.ceil(sum / limit) - 1) * windowMs,
    }));
  });
  all.sort((a, b) => b.ms - a.ms || b.points - a.points);
  return { ms: all[0]?.ms ?? 0, of: all };
}
