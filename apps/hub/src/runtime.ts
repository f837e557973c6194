import type { AnyBlueprint, FormWords, PlanItem, VaultKey } from "@atoll/core/blueprint";
import { Fault, type Problem } from "@atoll/core/fault";
import type { Transport } from "@atoll/email/send";
import { startEngine } from "@atoll/engine/engine";
import { type Journal, openJournal } from "@atoll/engine/journal";
import type { Finding } from "@atoll/provider-kit/finding";
import { type Accounts, connect } from "./accounts.ts";
import { problemsOf } from "./answers/check.ts";
import { costOf, pricesIn } from "./answers/prices.ts";
import { outsideBlueprints } from "./blueprints/load.ts";
import { checkAudit } from "./check-audit.ts";
import { type Checklists, openChecklists } from "./checklist/open.ts";
import { openOutside } from "./checklist/outside.ts";
import { startCloud } from "./cloud.ts";
import { openDatabase } from "./database.ts";
import { holdEnvironment } from "./environment.ts";
import { homeFolder, secretKey } from "./home.ts";
import { type Consoles, consolesOf } from "./server/dashboards.ts";
import { type LocalCloud, providerSettings } from "./settings.ts";
import type { verifyChain } from "./store/audit.ts";
import { openLater } from "./store/later.ts";
import type { Store } from "./store/store.ts";

export interface RuntimeOptions {
  env: NodeJS.ProcessEnv;
  /** With a worker runs go on in this process; without one it only reads. */
  worker: boolean;
  /** Hears what was started on the way, one sentence each. */
  remark?: (text: string) => void;
}

/** Everything that a command needs: the composition root of hub and CLI. */
export interface Runtime extends AsyncDisposable {
  journal: Journal;
  /** How the hub's own mails leave the house. */
  transport: Transport;
  /** The hub's own Postgres, and the key that everything is sealed with. */
  databaseUrl: string;
  key: Uint8Array;
  /** Who is named as the author of runs started from here. */
  operator: string;
  cloudUrl: string | undefined;
  mailbox: string | undefined;
  /** All blueprints with the JSON Schema of their questions. */
  /** Where people find the providers' things; undefined on the local cloud, which has no such pages. */
  consoles: Consoles | undefined;
  blueprints(): { name: string; questions: Record<string, unknown>; words?: FormWords }[];
  /** The answers as the blueprint takes them. Throws a fault that names the field. */
  check(blueprint: string, answers: Record<string, unknown>): Record<string, unknown>;
  /** All that is wrong with answers for a new instance, at the providers too; with `about`, in this field. */
  problemsOf(blueprint: string, answers: Record<string, unknown>, about?: string): Promise<Problem[]>;
  /** What the things of a plan cost a month, by the hub's own table of prices. */
  costOf(items: readonly PlanItem[]): Promise<ReturnType<typeof costOf>>;
  /** Checks the answers, records the instance, and gives its slug. */
  register(blueprint: string, answers: Record<string, unknown>): Promise<string>;
  plan(
    blueprint: string,
    slug: string | undefined,
    answers: Record<string, unknown> | undefined,
  ): Promise<{ slug: string; items: PlanItem[] }>;
  instance(slug: string): Promise<NonNullable<Awaited<ReturnType<Journal["find"]>>>>;
  urlOf(slug: string): Promise<string | undefined>;
  doctor(): Promise<(Finding & { provider: string })[]>;
  checklists: Checklists;
  /** What the vault of an instance with these answers begins with. */
  vaultOf(blueprint: string, answers: unknown): readonly VaultKey[];
  /** The hub's own tables, brought up to date first. */
  store(): Promise<Store>;
  stepsOf(blueprint: string): AnyBlueprint["steps"];
  /** Is the hub's audit log as it was written? */
  verifyAudit(): ReturnType<typeof verifyChain>;
  /** The same runtime for someone who must not close it. */
  lent(): Runtime;
  close(): Promise<void>;
}

function blueprintNamed(blueprints: readonly AnyBlueprint[], name: string): AnyBlueprint {
  const found = blueprints.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: `There is no blueprint "${name}".`,
    next: `Use one of: ${blueprints.map((each) => each.name).join(", ")}.`,
    field: "blueprint",
  });
}

function timeScale(env: NodeJS.ProcessEnv): number {
  const scale = Number(env.ATOLL_TIME_SCALE ?? 1);
  if (Number.isFinite(scale) && scale >= 1) return scale;
  throw new Fault("rejected", {
    what: `ATOLL_TIME_SCALE is "${env.ATOLL_TIME_SCALE}".`,
    next: "Set it to a number from 1 (real time) upwards, the same as the local cloud's.",
    field: "ATOLL_TIME_SCALE",
  });
}

/** Opens store, providers and blueprints. Starts embedded Postgres and local cloud where they are needed. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { env, worker, remark = () => {} } = options;
  const home = homeFolder(env);
  const key = secretKey(env, home);
  // Before anything is started: one that cannot be loaded costs nothing.
  const outside = await outsideBlueprints(env);
  let cloud: LocalCloud | undefined;
  const settings = await providerSettings(env, async () => {
    const started = await startCloud(home, { env });
    if (started.startedHere)
      remark(`Local cloud started at ${started.cloud.url}; \`atoll cloud stop\` ends it.`);
    cloud = started.cloud;
    return started.cloud;
  });
  const accounts: Accounts = connect(settings, {}, outside);
  const database = await openDatabase(env, home);
  const engineOptions = {
    databaseUrl: database.url,
    environment: env.ATOLL_ENVIRONMENT ?? (cloud === undefined ? "production" : "local"),
    blueprints: accounts.blueprints,
    key,
    timeScale: timeScale(env),
  };
  // The local cloud belongs to the home folder, and has one set of accounts.
  if (cloud === undefined) await holdEnvironment(database.url, engineOptions.environment, settings);
  const journal: Journal = await (worker ? startEngine(engineOptions) : openJournal(engineOptions));

  const instance = async (slug: string) => {
    const found = await journal.find(slug);
    if (found !== undefined) return found;
    throw new Fault("rejected", {
      what: `There is no instance "${slug}".`,
      next: "`atoll status` lists them all.",
      field: "slug",
    });
  };
  const later = openLater(database.url);
  const close = async () => {
    await later.close();
    await journal.close();
    await database.close();
  };
  const runtime: Runtime = {
    journal,
    transport: accounts.transport,
    databaseUrl: database.url,
    key,
    operator: env.USER ?? "cli",
    cloudUrl: cloud?.url,
    consoles: cloud === undefined ? consolesOf(settings) : undefined,
    mailbox: cloud === undefined ? undefined : `${cloud.url}/mailbox`,
    blueprints: () =>
      accounts.blueprints.map(({ name, questions, words }) => ({
        name,
        questions: { ...questions.schema() },
        ...(words && { words }),
      })),
    check: (name, given) => blueprintNamed(accounts.blueprints, name).questions.parse(given),
    problemsOf: (name, given, about) =>
      problemsOf(
        { ...accounts, journal, tryBrought: async () => [] },
        blueprintNamed(accounts.blueprints, name),
        given,
        about,
      ),
    costOf: async (items) => costOf(items, await pricesIn(database.url)),
    async register(name, given) {
      const answers = blueprintNamed(accounts.blueprints, name).questions.parse(given);
      const registered = await journal.register({
        slug: String(answers.slug),
        blueprint: name,
        answers,
        environment: engineOptions.environment,
      });
      return registered.slug;
    },
    async plan(name, slug, given) {
      if (given === undefined) {
        const known = await instance(slug ?? "");
        return { slug: known.slug, items: await journal.plan(known.slug) };
      }
      const answers = blueprintNamed(accounts.blueprints, name).questions.parse(given);
      const spec = {
        slug: String(answers.slug),
        blueprint: name,
        answers,
        environment: engineOptions.environment,
      };
      return { slug: spec.slug, items: await journal.plan(spec) };
    },
    instance,
    urlOf: async (slug) => (await instance(slug)).url,
    doctor: () => accounts.doctor(),
    checklists: openChecklists(database.url, {
      journal,
      blueprint: (name) => blueprintNamed(accounts.blueprints, name),
      looks: accounts.looks,
      resolve: async () => ({ status: 503, body: {} }),
      outside: openOutside(env),
    }),
    vaultOf: (name, answers) => blueprintNamed(accounts.blueprints, name).vault?.(answers) ?? [],
    store: later.store,
    stepsOf: (name) => blueprintNamed(accounts.blueprints, name).steps,
    verifyAudit: () => checkAudit(database.url),
    lent: () => ({ ...runtime, close: async () => {}, [Symbol.asyncDispose]: async () => {} }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return runtime;
}
