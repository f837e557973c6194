import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { Http } from "@atoll/provider-kit/http";
import { redactor } from "@atoll/provider-kit/redact";
import { isBranched, listVariables, type Target, targetsOf, type VariableBody } from "./variables.ts";

// --- types

interface Variable {
  value: string | Secret;
  /** Default: all three, or production and preview where it is sensitive. */
  targets?: readonly Target[];
  /** Nobody can read it back. Default: true for a `Secret`. Vercel does not allow it in development. */
  sensitive?: boolean;
}

/** The variables that a project should have. Those that others set are left alone. */
export interface EnvironmentIn {
  variables: Record<string, Variable>;
}

interface LiveVariable {
  type: string;
  /** Of the value; unset where it cannot be told because somebody else set it. */
  fingerprint?: string;
  /** Set by this step earlier, not by a person. */
  ours: boolean;
}

/** What Vercel says of a project's variables, by key and target. */
export interface EnvironmentAttrs {
  variables: Record<string, Partial<Record<Target, LiveVariable>>>;
  /** When one of ours was set last, in milliseconds since 1970: only later deployments have it. 0 = never. */
  updatedAt: number;
}

interface RefusedVariable {
  code: string;
  message: string;
  key?: string;
  envVarKey?: string;
}

const everywhere: readonly Target[] = ["production", "preview", "development"];

// Values cannot be read back, so their fingerprint stands beside them, in the comment.
const commentOf = (name: string, fingerprint: string) => `Set by Atoll (${name}, ${fingerprint}).`;
const commented = (name: string, comment: string | undefined) =>
  comment?.startsWith(`Set by Atoll (${name}, `) ? comment.slice(-18, -2) : undefined;

const fingerprintOf = (value: string) => new Secret("value", value).fingerprint;

/** A wanted variable with nothing left open. */
function settled(key: string, { value, targets, sensitive = value instanceof Secret }: Variable) {
  if (sensitive && targets?.includes("development"))
    throw new Fault("rejected", {
      what: `${key} is sensitive and wanted in development, which Vercel does not allow.`,
      next: "Leave out development, or set `sensitive: false` where anybody in the team may read the value.",
      field: `variables.${key}.targets`,
    });
  const fingerprint = value instanceof Secret ? value.fingerprint : fingerprintOf(value);
  const type = sensitive ? "sensitive" : value instanceof Secret ? "encrypted" : "plain";
  return {
    key,
    value,
    type,
    fingerprint,
    targets: targets ?? everywhere.filter((target) => !sensitive || target !== "development"),
    shown: value instanceof Secret ? `${value} (${fingerprint})` : value,
  };
}

const allSettled = (want: EnvironmentIn) =>
  Object.entries(want.variables).map(([key, variable]) => settled(key, variable));

/** A project's environment variables, compared key by key and target by target. `within` is the project's id. */
export function environment(api: Http): Resource<EnvironmentIn, EnvironmentAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<EnvironmentAttrs>> {
    const id = home(at);
    const bodies = await listVariables(api, id);
    if (!bodies) return { is: "absent" };
    return { is: "present", id, owner: "us", attrs: attrsOf(at.name, bodies) };
  }

  // --- compare

  function compare(want: EnvironmentIn, live: EnvironmentAttrs): Change[] {
    const changes: Change[] = [];
    const wanted = allSettled(want);
    for (const { key, targets, fingerprint, type, shown } of wanted)
      for (const target of targets) {
        const path = `env.${key}.${target}`;
        const there = live.variables[key]?.[target];
        if (!there) changes.push({ path, act: "create", to: shown });
        else if (there.fingerprint !== fingerprint)
          changes.push({ path, act: "update", from: there.fingerprint ?? "another value", to: shown });
        // Stronger than wanted is fine: a team's policy can make every variable sensitive.
        else if (type === "sensitive" && there.type !== "sensitive")
          changes.push({ path, act: "update", from: there.type, to: type });
      }
    for (const [key, byTarget] of Object.entries(live.variables))
      for (const target of everywhere) {
        const kept = wanted.some((each) => each.key === key && each.targets.includes(target));
        if (byTarget[target]?.ours && !kept)
          changes.push({ path: `env.${key}.${target}`, act: "remove", from: byTarget[target].fingerprint });
      }
    return changes;
  }

  // --- apply

  const entry = "/v9/projects/{idOrName}/env/{id}";

  /** Takes `targets` away from a variable: the variable goes when none is left. */
  async function narrow(id: string, variable: VariableBody, targets: ReadonlySet<Target>): Promise<void> {
    const left = targetsOf(variable).filter((target) => !targets.has(target));
    const params = { idOrName: id, id: variable.id ?? "" };
    if (left.length === 0) await api.delete(entry, { params });
    else await api.patch(entry, { params, body: { target: left }, safe: true });
  }

  async function apply(at: Address, want: EnvironmentIn): Promise<string> {
    const id = home(at);
    const bodies = (await listVariables(api, id)) ?? [];
    const changed = new Map<string, Set<Target>>();
    for (const { path } of compare(want, attrsOf(at.name, bodies))) {
      const [, key = "", target] = /^env\.(.*)\.(\w+)$/.exec(path) ?? [];
      changed.set(key, (changed.get(key) ?? new Set()).add(target as Target)); // `compare` made this path
    }
    const writes = allSettled(want).filter(({ key }) => changed.has(key));
    for (const body of bodies) {
      const taken = changed.get(body.key);
      if (!taken || isBranched(body)) continue;
      const wanted = writes.find(({ key }) => key === body.key);
      // An upsert whose targets are not exactly those of the variable is refused (ENV_CONFLICT): such a one goes first.
      const same = wanted?.type === body.type && sameTargets(wanted.targets, targetsOf(body));
      const inTheWay = new Set([...taken, ...(wanted?.targets ?? [])]);
      if (!same && targetsOf(body).some((target) => inTheWay.has(target))) await narrow(id, body, inTheWay);
    }
    if (writes.length > 0) await upsert(id, at.name, writes);
    return id;
  }

  async function upsert(id: string, name: string, writes: ReturnType<typeof settled>[]): Promise<void> {
    const answer = await api.post<{ failed?: { error: RefusedVariable }[] }>("/v10/projects/{idOrName}/env", {
      params: { idOrName: id },
      query: { upsert: "true" },
      safe: true,
      body: writes.map(({ key, value, type, targets, fingerprint }) => ({
        key,
        value,
        type,
        target: targets,
        comment: commentOf(name, fingerprint),
      })),
    });
    // Vercel answers 201 also when it refused some of them.
    const failed = (answer.failed ?? []).map(({ error }) => error);
    if (failed.length === 0) return;
    const redact = redactor(writes.map(({ value }) => value).filter((value) => value instanceof Secret));
    const reasons = failed.map(
      (error) => `${error.envVarKey ?? error.key ?? "a variable"}: ${error.message}`,
    );
    throw new Fault("rejected", {
      what: redact(`Vercel refused ${reasons.join("; ")}`),
      next: "Change what it refused, then retry the run.",
      call: `POST /v10/projects/{idOrName}/env 201 ${failed.map((error) => error.code).join(" ")}`,
    });
  }

  return {
    kind: "vercel.environment",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,
    apply: ({ at, want }) => apply(at, want),

    // --- remove

    async remove() {
      // Ends with its project; the engine does not ask for it.
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("vercel.environment needs `within`: the project's id");
  return at.within;
}

const sameTargets = (a: readonly Target[], b: readonly Target[]) =>
  a.length === b.length && a.every((target) => b.includes(target));

function attrsOf(name: string, bodies: VariableBody[]): EnvironmentAttrs {
  const variables: EnvironmentAttrs["variables"] = {};
  let updatedAt = 0;
  for (const body of bodies) {
    if (isBranched(body)) continue;
    const noted = commented(name, body.comment);
    if (noted) updatedAt = Math.max(updatedAt, body.updatedAt ?? body.createdAt ?? 0);
    const fingerprint = body.type === "plain" ? fingerprintOf(body.value) : noted;
    const there: LiveVariable = {
      type: body.type,
      ...(fingerprint && { fingerprint }),
      ours: noted !== undefined,
    };
    const byTarget = Object.fromEntries(targetsOf(body).map((target) => [target, there]));
    variables[body.key] = { ...variables[body.key], ...byTarget };
  }
  return { variables, updatedAt };
}
