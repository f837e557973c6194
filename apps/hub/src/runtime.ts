import type { Proof } from "@atoll/contract/schemas/proof";
import type { InstanceTeam } from "@atoll/contract/schemas/team";
import type { AnyBlueprint, FormWords, PlanItem, VaultKey } from "@atoll/core/blueprint";
import { Fault, type Problem } from "@atoll/core/fault";
import type { Transport } from "@atoll/email/send";
import type { Journal } from "@atoll/engine/journal";
import { mustBeBringable, tryBrought } from "./answers/bring.ts";
import { problemsOf } from "./answers/check.ts";
import { costOf, pricesIn } from "./answers/prices.ts";
import { type Backups, openBackups } from "./backups/open.ts";
import { backupSettings } from "./backups/settings.ts";
import { archiveStorage } from "./backups/storage.ts";
import { outsideBlueprints } from "./blueprints/load.ts";
import { blueprintNamed } from "./blueprints/named.ts";
import { checkAudit } from "./check-audit.ts";
import { type Checklists, openChecklists } from "./checklist/open.ts";
import { openOutside } from "./checklist/outside.ts";
import { type OpenDeployments, openDeployments } from "./deployments/open.ts";
import { openTemplates, type Templates } from "./deployments/template-updates.ts";
import { domainEveryMs, type OpenDomains, openDomains } from "./domains/open.ts";
import { driftEveryMs } from "./drift/every.ts";
import { type OpenDrifts, openDrifts } from "./drift/open.ts";
import { begin } from "./environments/begin.ts";
import { type EnvironmentFinding, examine } from "./environments/doctor.ts";
import { journalOver } from "./environments/journal.ts";
import { environmentNamed } from "./environments/names.ts";
import { kindsOf, openAll } from "./environments/open.ts";
import { type Exports, openExports } from "./exports/exports.ts";
import { exportSettings } from "./exports/settings.ts";
import { instanceFiles } from "./files/instance-files.ts";
import { homeFolder, type SecretKeys, secretKeys } from "./home.ts";
import { holdKeys, keepHolding } from "./keys/held.ts";
import { type KeyRing, openKeyRing } from "./keys/rotate.ts";
import { openLimits } from "./monitor/limits.ts";
import { type Monitor, openMonitor } from "./monitor/open.ts";
import { monitorSettings } from "./monitor/settings.ts";
import { type DestroyOptions, startDestroy } from "./operations/destroying.ts";
import { proofOf } from "./operations/proof.ts";
import { openPool, type PoolDesk } from "./pool/open.ts";
import { openQuotas } from "./quotas/open.ts";
import { openRebuilds, type Rebuilds } from "./rebuild/open.ts";
import { isHeldByHand, orHeldByHand } from "./resolver/by-hand.ts";
import { type HostBook, openHostBook } from "./resolver/hosts.ts";
import { resolverSettings } from "./resolver/settings.ts";
import { type OpenSchemas, openSchemas } from "./schema/open.ts";
import { openRehearsals } from "./schema/rehearsals.ts";
import { openScratch } from "./schema/scratch.ts";
import { type Consoles, consolesOf } from "./server/dashboards.ts";
import type { verifyChain } from "./store/audit.ts";
import { openLater } from "./store/later.ts";
import type { Store } from "./store/store.ts";
import { openSweeps, type Sweeps, sweepGraceMs } from "./sweep/open.ts";
import { teamPlace } from "./team/place.ts";
import { showTeam } from "./team/show.ts";
import { openUsage, type Usage } from "./usage/open.ts";
import { usageSettings } from "./usage/settings.ts";
import { instanceDatabase } from "./vault/instance-database.ts";
import { openVaults, type Vaults } from "./vault/vaults.ts";

export interface RuntimeOptions {
  env: NodeJS.ProcessEnv;
  /** With a worker runs go on in this process; without one it only reads. */
  worker: boolean;
  /** Work with this environment's accounts only; the process then needs the variables of no other one. */
  environment?: string | undefined;
  /** With a worker: do the runs of the environment that holds this instance, where there are several. */
  about?: string | undefined;
  /** Hears what was started on the way, one sentence each. */
  remark?: (text: string) => void;
}

/** Everything that a command needs: the composition root of hub and CLI. */
export interface Runtime extends AsyncDisposable {
  journal: Journal;
  /** How the hub's own mails leave the house. */
  transport: Transport;
  /** The hub's own Postgres, and the keys that everything is sealed with. */
  databaseUrl: string;
  keys: SecretKeys;
  /** Which of them are in use, and sealing everything anew. */
  keyRing: KeyRing;
  /** Who is named as the author of runs started from here. */
  operator: string;
  cloudUrl: string | undefined;
  mailbox: string | undefined;
  /** All blueprints with the JSON Schema of their questions. */
  /** Names of the environments that this process works with; the first one is the default. */
  environments: readonly [string, ...string[]];
  /** Where people find an environment's things; undefined on the local cloud, which has no such pages. */
  consoles(environment: string): Consoles | undefined;
  /** Of the default environment, or of this one: a kind whose host has no account there is not offered. */
  blueprints(environment?: string): { name: string; questions: Record<string, unknown>; words?: FormWords }[];
  /** The answers as the blueprint takes them. Throws a fault that names the field. */
  check(blueprint: string, answers: Record<string, unknown>): Record<string, unknown>;
  /**
   * All that is wrong with answers for a new instance, at the environment's providers too; with `about`, in this field.
   */
  problemsOf(
    blueprint: string,
    answers: Record<string, unknown>,
    about?: string,
    environment?: string,
  ): Promise<Problem[]>;
  /** What the things of a plan cost a month, by the hub's own table of prices. */
  costOf(items: readonly PlanItem[]): Promise<ReturnType<typeof costOf>>;
  /** Checks the answers, records the instance, and gives its slug. */
  register(blueprint: string, answers: Record<string, unknown>, environment?: string): Promise<string>;
  plan(
    blueprint: string,
    slug: string | undefined,
    answers: Record<string, unknown> | undefined,
    environment?: string,
  ): Promise<{ slug: string; items: PlanItem[] }>;
  instance(slug: string): Promise<NonNullable<Awaited<ReturnType<Journal["find"]>>>>;
  urlOf(slug: string): Promise<string | undefined>;
  /** Starts the removal of an instance, which cools off first; gives the run's id. */
  destroy(slug: string, options: DestroyOptions): Promise<string>;
  /** What a removal or an archiving saw gone, and what stays. */
  proof(runId: string): Promise<Proof>;
  /** Looks at the accounts of one environment, or of all. */
  doctor(environment?: string): Promise<EnvironmentFinding[]>;
  checklists: Checklists;
  /** The schema of the whole fleet. */
  schemas: OpenSchemas;
  /** How the instances are. */
  monitor: Monitor;
  /** What instances use, and what that costs. */
  usage: Usage;
  /** What differs from what was accepted, over the whole fleet. */
  drifts: OpenDrifts;
  /** Hosts that lead to instances. */
  hosts: HostBook;
  /** Custom domains of instances' sites. */
  domains: OpenDomains;
  /** What visitors of instances' sites get, and got. */
  deployments: OpenDeployments;
  /** Newer versions of the template for instances' repositories. */
  templates: Templates;
  /** What the vault of an instance with these answers begins with. */
  vaultOf(blueprint: string, answers: unknown): readonly VaultKey[];
  vaults: Vaults;
  /** Projects that are kept ready. */
  pool: PoolDesk;
  /** Who belongs to an instance. */
  team(slug: string): Promise<InstanceTeam>;
  /** Backups of instances. */
  backups: Backups;
  /** Exports of instances, and archives that were sent in. */
  exports: Exports;
  /** What stands at the providers without an owner. */
  sweeps: Sweeps;
  /** Makes the registry anew of what stands at the providers. */
  rebuilds: Rebuilds;
  /** Files for doing an instance by hand, by path below a folder. */
  files(slug: string): Promise<Record<string, string>>;
  /** The hub's own tables, brought up to date first. */
  store(): Promise<Store>;
  stepsOf(blueprint: string): AnyBlueprint["steps"];
  /** Is the hub's audit log as it was written? */
  verifyAudit(): ReturnType<typeof verifyChain>;
  /** The same runtime for someone who must not close it. */
  lent(): Runtime;
  close(): Promise<void>;
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
  const keys = secretKeys(env, home);
  const monitoring = monitorSettings(env);
  const domainMs = domainEveryMs(env);
  const measuring = usageSettings(env);
  const archives = archiveStorage(env, home, keys);
  const exporting = exportSettings(env);
  const sweepGrace = sweepGraceMs(env);
  const backing = backupSettings(env);
  // Before anything is started: one that cannot be loaded costs nothing.
  const outside = await outsideBlueprints(env);
  const { environments: read, database } = await begin({
    env,
    home,
    only: options.environment,
    about: worker ? options.about : undefined,
    remark,
  });
  const later = openLater(database.url);
  // Before anything is done: with a key missing, every run would fail at its first secret.
  if (worker)
    await holdKeys(await later.store(), keys).catch(async (error: unknown) => {
      await later.close();
      await database.close();
      throw error;
    });
  const sealing = worker ? keepHolding(later.store, keys) : undefined;
  const scratch = openScratch(env.ATOLL_SCRATCH_URL || database.url);
  const rehearsals = openRehearsals(later.store, scratch);
  const limits = openLimits();
  const quotas = openQuotas({
    databaseUrl: database.url,
    timeScale: timeScale(env),
    prepared: later.store,
  });
  const ownAddresses = () => ({
    domain: resolverSettings(env).domain,
    environment: resolverSettings(env).environment,
    baseUrl: env.ATOLL_PUBLIC_URL ?? "http://localhost",
  });
  const environments = await openAll(read, {
    limits,
    quotas,
    archives,
    scratch,
    exporting,
    ownAddresses,
    databaseUrl: database.url,
    ...keys,
    timeScale: timeScale(env),
    outside,
    worker,
    store: later.store,
    rehearsals,
  }).catch(async (error: unknown) => {
    sealing?.stop();
    await quotas.close();
    await later.close();
    await database.close();
    throw error;
  });
  const [{ accounts, cloud }] = environments;
  const journal = environments.length === 1 ? environments[0].journal : journalOver(environments);
  /** Where something is asked for: in the environment of this name, or in the default. */
  const at = (name: string | undefined) =>
    name === undefined ? environments[0] : environmentNamed(environments, name);
  const holding = async (slug: string) => {
    const name = (await journal.find(slug))?.environment;
    return environments.find((each) => each.name === name) ?? environments[0];
  };
  const looksOf = async (slug: string) =>
    (await holding(slug)).accounts.looksAt((await journal.find(slug))?.answers);

  const instance = async (slug: string) => {
    const found = await journal.find(slug);
    if (found !== undefined) return found;
    throw new Fault("rejected", {
      what: `There is no instance "${slug}".`,
      next: "`atoll status` lists them all.",
      field: "slug",
    });
  };
  /** Answers with what an instance that is there need not say again. */
  const whole = async ({ name, carry }: AnyBlueprint, given: Record<string, unknown>) => {
    const known = carry && typeof given.slug === "string" ? await journal.find(given.slug) : undefined;
    return known?.blueprint === name && known.state !== "removed" ? carry?.(given, known.answers) : given;
  };
  const close = async () => {
    sealing?.stop();
    quotas.release(); // a step that waits for its turn would hold up the end
    await journal.close(); // first: its work under way goes on in the store
    await quotas.close();
    await later.close();
    await database.close();
  };
  const vaults = openVaults({
    store: later.store,
    keys,
    async open(slug) {
      const { name } = await holding(slug);
      return instanceDatabase({ journal, looks: await looksOf(slug), environment: name })(slug);
    },
    async place(slug) {
      const { id, createdAt, blueprint, answers } = await instance(slug);
      return {
        id,
        slug,
        createdAt,
        first: blueprintNamed(accounts.blueprints, blueprint).vault?.(answers) ?? [],
      };
    },
  });
  const schemas = openSchemas({
    store: later.store,
    kinds: kindsOf(accounts.blueprints),
    rehearsals,
    databases: (name) => environmentNamed(environments, name).databases,
    journal: (name) => environmentNamed(environments, name).journal,
    environments: [environments[0].name, ...environments.slice(1).map(({ name }) => name)],
  });
  const runtime: Runtime = {
    journal,
    transport: accounts.transport,
    databaseUrl: database.url,
    keys,
    operator: env.USER ?? "cli",
    cloudUrl: cloud?.url,
    environments: [environments[0].name, ...environments.slice(1).map(({ name }) => name)],
    consoles(environment) {
      const found = environments.find(({ name }) => name === environment);
      return found === undefined || found.cloud !== undefined ? undefined : consolesOf(found.settings);
    },
    mailbox: cloud === undefined ? undefined : `${cloud.url}/mailbox`,
    blueprints: (environment) =>
      at(environment)
        .accounts.blueprints.filter(({ closed }) => closed === undefined)
        .map(({ name, questions, words }) => ({
          name,
          questions: { ...questions.schema() },
          ...(words && { words }),
        })),
    check: (name, given) => blueprintNamed(accounts.blueprints, name).questions.parse(given),
    async problemsOf(name, given, about, environment) {
      const { accounts: theirs, name: placed } = at(environment);
      return problemsOf(
        {
          ...theirs,
          journal,
          byHand: async (slug) => isHeldByHand(await later.store(), slug),
          tryBrought: (blueprint, answers) =>
            tryBrought(journal, { blueprint, answers, environment: placed }),
        },
        blueprintNamed(theirs.blueprints, name),
        given,
        about,
      );
    },
    costOf: async (items) => costOf(items, await pricesIn(database.url)),
    async register(name, given, environment) {
      const blueprint = blueprintNamed(at(environment).accounts.blueprints, name);
      const answers = blueprint.questions.parse(await whole(blueprint, given));
      if ((await journal.find(String(answers.slug))) === undefined)
        await mustBeBringable(journal, { blueprint, answers, environment });
      const slug = String(answers.slug);
      const recording = journal.register({
        slug,
        blueprint: name,
        answers,
        ...(environment !== undefined && { environment }),
      });
      return (await orHeldByHand(slug, recording)).slug;
    },
    async plan(name, slug, given, environment) {
      if (given === undefined) {
        const known = await instance(slug ?? "");
        return { slug: known.slug, items: await journal.plan(known.slug) };
      }
      const blueprint = blueprintNamed(at(environment).accounts.blueprints, name);
      const answers = blueprint.questions.parse(await whole(blueprint, given));
      const spec = {
        slug: String(answers.slug),
        blueprint: name,
        answers,
        ...(environment !== undefined && { environment }),
      };
      return { slug: spec.slug, items: await journal.plan(spec) };
    },
    instance,
    urlOf: async (slug) => (await instance(slug)).url,
    async destroy(slug, options) {
      const { cloud: theirs } = await holding(slug);
      return startDestroy(
        { store: await later.store(), journal, isLocal: theirs !== undefined },
        slug,
        options,
      );
    },
    proof: async (runId) => proofOf({ store: await later.store(), journal }, runId),
    async doctor(name) {
      const asked = name === undefined ? environments : [environmentNamed(environments, name)];
      return (await Promise.all(asked.map((each) => examine(each, each.accounts, environments)))).flat();
    },
    checklists: openChecklists(database.url, () => resolverSettings(env), {
      journal,
      blueprint: (name) => blueprintNamed(accounts.blueprints, name),
      looks: looksOf,
      outside: openOutside(env),
    }),
    vaultOf: (name, answers) => blueprintNamed(accounts.blueprints, name).vault?.(answers) ?? [],
    store: later.store,
    hosts: openHostBook(later.store, ownAddresses),
    domains: openDomains({ store: later.store, environments, everyMs: domainMs }),
    templates: openTemplates({
      store: later.store,
      environments: [environments[0].name, ...environments.slice(1).map(({ name }) => name)],
      at(name) {
        const { accounts: theirs, journal: its, place } = environmentNamed(environments, name);
        return { template: theirs.template, journal: its, place };
      },
    }),
    deployments: openDeployments({
      store: later.store,
      journal,
      accounts: async (slug) => (await holding(slug)).accounts,
    }),
    async team(slug) {
      const [{ blueprint, answers }, things, there] = await Promise.all([
        instance(slug),
        journal.resources(slug),
        holding(slug),
      ]);
      return showTeam(teamPlace(there, { slug, blueprint, answers, things }));
    },
    backups: openBackups({
      store: later.store,
      archives,
      scratch,
      environments,
      settings: backing,
      runtime: () => runtime,
    }),
    sweeps: openSweeps({ store: later.store, environments, keys, graceMs: sweepGrace }),
    rebuilds: openRebuilds({ store: later.store, environments, databaseUrl: database.url, keys }),
    exports: openExports({ store: later.store, archives, settings: exporting }),
    files: (slug) => instanceFiles(runtime, slug),
    vaults,
    keyRing: openKeyRing({ keys, store: later.store, archives, vaults }),
    schemas,
    drifts: openDrifts({
      store: later.store,
      journal,
      vaults,
      schemas,
      databases: (name) => environmentNamed(environments, name).databases,
      team: (name) => accounts.blueprints.find((each) => each.name === name)?.team,
      everyMs: () => driftEveryMs(env),
    }),
    pool: openPool({
      databaseUrl: database.url,
      store: later.store,
      environments,
      limits,
      timeScale: timeScale(env),
    }),
    usage: openUsage({ store: later.store, environments, limits, settings: measuring }),
    monitor: openMonitor({
      store: later.store,
      environments,
      limits,
      keys,
      // On the local cloud all that there is stands on this machine.
      settings: { ...monitoring, allowsInside: monitoring.allowsInside || cloud !== undefined },
    }),
    stepsOf: (name) => blueprintNamed(accounts.blueprints, name).steps,
    verifyAudit: () => checkAudit(database.url),
    lent: () => ({ ...runtime, close: async () => {}, [Symbol.asyncDispose]: async () => {} }),
    close,
    [Symbol.asyncDispose]: close,
  };
  return runtime;
}
