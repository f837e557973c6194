import type { Change } from "@atoll/core/change";
import { Fault } from "@atoll/core/fault";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import { Secret } from "@atoll/core/secret";
import type { Http } from "@atoll/provider-kit/http";
import { HttpFault } from "@atoll/provider-kit/http-fault";
import { type Note, notesKey, readNotes, writtenNotes } from "./notes.ts";
import {
  type Context,
  contexts,
  listVariables,
  markKey,
  type ValueBody,
  type VariableBody,
  variablePath,
  variablesPath,
} from "./variables.ts";

// --- types

interface Variable {
  value: string | Secret;
  /** Default: all of them, or all but `dev` where it is secret. */
  contexts?: readonly Context[];
  /** Nobody can read it back (needs Netlify's Pro plan). Default: true for a `Secret`. Not allowed in `dev`. */
  secret?: boolean;
}

/** The variables that a site should have. Those that others set are left alone. */
export interface EnvironmentIn {
  variables: Record<string, Variable>;
}

interface LiveVariable {
  secret: boolean;
  /** By context, of the value; unset where it cannot be told because somebody else set it. */
  values: Partial<Record<Context, { fingerprint?: string }>>;
  /** Set by this step earlier, not by a person. */
  ours: boolean;
}

/** What Netlify says of a site's variables. */
export interface EnvironmentAttrs {
  variables: Record<string, LiveVariable>;
  /** Name of the variable that holds our notes. */
  notesKey: string;
  /** Keys that the notes name, sorted; absent = there are no notes. */
  noted?: string[];
  /** When one of ours was set last, in milliseconds since 1970: only later deploys have it. 0 = never. */
  updatedAt: number;
}

interface EnvironmentOptions {
  /** Slug or id of the team. */
  account: string;
}

// Whatever a secret may be read by; Netlify refuses it for post-processing, which puts values into pages.
const secretScopes = ["builds", "functions", "runtime"];

const fingerprintOf = (value: string) => new Secret("value", value).fingerprint;

/** A wanted variable with nothing left open. */
function settled(key: string, { value, contexts: given, secret = value instanceof Secret }: Variable) {
  if (secret && given?.includes("dev"))
    throw new Fault("rejected", {
      what: `${key} is secret and wanted in the context dev, which Netlify does not allow.`,
      next: "Leave out dev, or set `secret: false` where anybody in the team may read the value.",
      field: `variables.${key}.contexts`,
    });
  const fingerprint = value instanceof Secret ? value.fingerprint : fingerprintOf(value);
  return {
    key,
    value,
    secret,
    fingerprint,
    in: given ?? contexts.filter((context) => !secret || context !== "dev"),
    shown: value instanceof Secret ? `${value} (${fingerprint})` : value,
  };
}
type Wanted = ReturnType<typeof settled>;

const allSettled = (want: EnvironmentIn) =>
  Object.entries(want.variables).map(([key, variable]) => settled(key, variable));

/** A site's environment variables, compared key by key and context by context. `within` is the site's id. */
export function environment(
  api: Http,
  { account }: EnvironmentOptions,
): Resource<EnvironmentIn, EnvironmentAttrs> {
  // --- observe

  async function observe(at: Address): Promise<Observed<EnvironmentAttrs>> {
    const id = home(at);
    const bodies = await listVariables(api, account, id);
    // The team's own variables are listed for a site that is gone, too: one without our mark is looked for.
    const marked = bodies?.some(({ key }) => key === markKey);
    if (!bodies || (!marked && !(await api.getOrGone("/sites/{id}", { params: { id } }))))
      return { is: "absent" };
    return { is: "present", id, owner: "us", attrs: attrsOf(at.name, bodies) };
  }

  // --- compare

  function compare(want: EnvironmentIn, live: EnvironmentAttrs): Change[] {
    const changes: Change[] = [];
    const wanted = allSettled(want);
    for (const { key, in: where, fingerprint, secret, shown } of wanted)
      for (const context of where) {
        const path = `env.${key}.${context}`;
        const there = live.variables[key]?.values[context];
        if (!there) changes.push({ path, act: "create", to: shown });
        else if (there.fingerprint !== fingerprint)
          changes.push({ path, act: "update", from: there.fingerprint ?? "another value", to: shown });
        // Stronger than wanted is fine.
        else if (secret && !live.variables[key]?.secret)
          changes.push({ path, act: "update", from: "readable", to: "secret" });
      }
    for (const [key, { values, ours }] of Object.entries(live.variables)) {
      if (!ours) continue;
      const kept = wanted.find((each) => each.key === key)?.in ?? [];
      for (const context of contexts)
        if (values[context] && !kept.includes(context))
          changes.push({ path: `env.${key}.${context}`, act: "remove", from: values[context].fingerprint });
    }
    if (changes.length > 0) return changes;
    // All is as it should be, but nobody wrote down that it is ours: the last call of an earlier try was lost.
    const keys = wanted.map(({ key }) => key).sort();
    const path = `env.${live.notesKey}`;
    const to = keys.join(" ");
    if (live.noted === undefined) return [{ path, act: "create", to }];
    return live.noted.join(" ") === to ? [] : [{ path, act: "update", from: live.noted.join(" "), to }];
  }

  // --- apply

  async function apply(at: Address, want: EnvironmentIn): Promise<string> {
    const id = home(at);
    const query = { site_id: id };
    const variable = (key: string) => ({ params: { account, key }, query });
    const bodies = (await listVariables(api, account, id)) ?? [];
    const live = attrsOf(at.name, bodies);
    const changes = compare(want, live);
    const touched = (key: string, act?: Change["act"]) =>
      changes.some((each) => each.path.startsWith(`env.${key}.`) && (act === undefined || each.act === act));
    const wanted = allSettled(want);
    const written: VariableBody[] = [];

    const made: Wanted[] = [];
    for (const body of bodies) {
      const wish = wanted.find(({ key }) => key === body.key);
      if (!touched(body.key)) continue;
      const sealed = body.is_secret === true;
      // A secret's other values cannot be read: to lose one of them it is made anew.
      if (!wish || (sealed && touched(body.key, "remove")))
        await api.delete(variablePath, variable(body.key));
      if (!wish) continue;
      if (sealed && touched(body.key, "remove")) made.push(wish);
      else if (sealed) written.push(await setEach(wish, variable(wish.key)));
      else {
        const kept = keptValues(body, wish, live.variables[body.key]?.ours ?? false);
        const changed = bodyOf(wish, kept);
        const place = { ...variable(wish.key), body: changed };
        // One of the team is listed with the site's own; the site gets its own then.
        const put = await api.put<VariableBody>(variablePath, place).catch(orGone);
        if (put) written.push(put);
        else made.push(wish);
      }
    }
    made.push(...wanted.filter(({ key }) => !bodies.some((body) => body.key === key)));
    if (made.length > 0) {
      const body = made.map((wish) => bodyOf(wish, []));
      written.push(...(await api.post<VariableBody[]>(variablesPath, { params: { account }, query, body })));
    }

    const earlier = readNotes(textOf(bodies, live.notesKey));
    const notes = new Map(wanted.map((wish) => [wish.key, noteOf(wish, written, earlier)]));
    const body = { key: live.notesKey, values: [{ context: "all", value: writtenNotes(notes) }] };
    if (live.noted !== undefined) await api.put(variablePath, { ...variable(live.notesKey), body });
    else await api.post(variablesPath, { params: { account }, query, body: [body] });
    return id;
  }

  /** Sets the values of a secret one by one; those of other contexts stay. */
  async function setEach(
    { in: where, value }: Wanted,
    call: { params: { account: string; key: string }; query: { site_id: string } },
  ): Promise<VariableBody> {
    let body: VariableBody = { key: call.params.key };
    for (const context of where)
      body = await api.patch<VariableBody>(variablePath, { ...call, body: { context, value }, safe: true });
    return body;
  }

  return {
    kind: "netlify.environment",
    lostCreate: "find-by-name",
    removal: "with-parent",
    observe,
    compare,
    apply: ({ at, want }) => apply(at, want),

    // --- remove

    async remove() {
      // Ends with its site; the engine does not ask for it.
    },
  };
}

function home(at: Address): string {
  if (at.within === undefined) throw new Error("netlify.environment needs `within`: the site's id");
  return at.within;
}

function orGone(error: unknown): undefined {
  if (error instanceof HttpFault && error.status === 404) return undefined;
  throw error;
}

const isContext = (name: string): name is Context => contexts.some((context) => context === name);

/** The values that stay: of branches and of contexts that we do not know, and those that a person set where we do not. */
function keptValues({ values = [] }: VariableBody, wish: Wanted, ours: boolean): ValueBody[] {
  const plain = values.map(({ context, context_parameter, value = "" }) => ({
    context,
    value,
    ...(context_parameter && { context_parameter }),
  }));
  // What holds everywhere stands beside values of branches only.
  const foreign = plain.filter(({ context }) =>
    everywhere(wish) ? context === "branch" : context !== "all" && !isContext(context),
  );
  if (ours) return foreign;
  const beside = contexts
    .filter((context) => !wish.in.includes(context))
    .flatMap((context) => {
      const there = plain.find((each) => each.context === context || each.context === "all");
      return there ? [{ context, value: there.value }] : [];
    });
  return [...foreign, ...beside];
}

const everywhere = (wish: Pick<Wanted, "in">) => contexts.every((context) => wish.in.includes(context));

function bodyOf({ key, value, secret, in: where }: Wanted, kept: ValueBody[]) {
  const values = everywhere({ in: where })
    ? [{ context: "all", value }]
    : where.map((context) => ({ context, value }));
  return {
    key,
    values: [...values, ...kept],
    ...(secret && { is_secret: true, scopes: secretScopes }),
  };
}

function noteOf(wish: Wanted, written: VariableBody[], earlier: Map<string, Note>): Note {
  const body = written.find(({ key }) => key === wish.key);
  if (!body) return earlier.get(wish.key) ?? {};
  return body.is_secret || wish.secret ? { fingerprint: wish.fingerprint, setAt: timeOf(body) } : {};
}

const timeOf = ({ updated_at }: VariableBody) => (updated_at === undefined ? 0 : Date.parse(updated_at));

const textOf = (bodies: VariableBody[], key: string) =>
  bodies.find((each) => each.key === key)?.values?.[0]?.value ?? "";

function attrsOf(name: string, bodies: VariableBody[]): EnvironmentAttrs {
  const key = notesKey(name);
  const marker = bodies.find((body) => body.key === key);
  const notes = readNotes(textOf(bodies, key));
  const variables: EnvironmentAttrs["variables"] = {};
  for (const body of bodies) {
    if (body.key === key) continue;
    const note = notes.get(body.key);
    const noted = note?.setAt === timeOf(body) ? note.fingerprint : undefined;
    const values: LiveVariable["values"] = {};
    for (const { context, value } of body.values ?? [])
      for (const each of context === "all" ? contexts : isContext(context) ? [context] : []) {
        const fingerprint = body.is_secret ? noted : fingerprintOf(value ?? "");
        // A secret has an empty place in `dev`, which nobody set.
        if (!body.is_secret || each !== "dev" || value) values[each] = fingerprint ? { fingerprint } : {};
      }
    variables[body.key] = { secret: body.is_secret === true, values, ours: note !== undefined };
  }
  return {
    variables,
    notesKey: key,
    ...(marker && { noted: [...notes.keys()].sort() }),
    updatedAt: marker ? timeOf(marker) : 0,
  };
}
