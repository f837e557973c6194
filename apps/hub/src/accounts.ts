import { agency } from "@atoll/agency/blueprint";
import type { Parts } from "@atoll/blueprint-kit/parts";
import { business } from "@atoll/business/blueprint";
import { community } from "@atoll/community/blueprint";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import type { Secret } from "@atoll/core/secret";
import { checkResend, checkSmtp } from "@atoll/email/check";
import { deliveryByResend, deliveryBySmtp, type LookAfter } from "@atoll/email/delivery";
import { resend, resendApi } from "@atoll/email/resend";
import { send, type Transport } from "@atoll/email/send";
import { smtp } from "@atoll/email/smtp";
import { broughtSchema } from "@atoll/fleet/brought-schema";
import { schema } from "@atoll/fleet/schema";
import { giteaApi } from "@atoll/gitea/api";
import { check as checkGitea } from "@atoll/gitea/check";
import { folder } from "@atoll/gitea/folder";
import { githubApi } from "@atoll/github/api";
import { branchHead } from "@atoll/github/branches";
import { broughtRepository } from "@atoll/github/brought-repository";
import { check as checkGithub } from "@atoll/github/check";
import { file } from "@atoll/github/file";
import { pullAt } from "@atoll/github/pulls";
import { repository } from "@atoll/github/repository";
import { bringTemplateUpdate, mergeTemplateUpdate, planTemplateUpdate } from "@atoll/github/template-update";
import { n8nApi } from "@atoll/n8n/api";
import { check as checkN8n } from "@atoll/n8n/check";
import { credential } from "@atoll/n8n/credential";
import { workflow } from "@atoll/n8n/workflow";
import { netlifyApi } from "@atoll/netlify/api";
import { check as checkNetlify } from "@atoll/netlify/check";
import { deployments as netlifyDeployments } from "@atoll/netlify/deployments";
import { domains as netlifyDomains } from "@atoll/netlify/domains";
import { netlifyHost } from "@atoll/netlify/host";
import type { Finding } from "@atoll/provider-kit/finding";
import type { Governor } from "@atoll/provider-kit/governor";
import type { ObservedCall } from "@atoll/provider-kit/http";
import { shop } from "@atoll/shop/blueprint";
import { supabaseApi } from "@atoll/supabase/api";
import { apiKeys } from "@atoll/supabase/api-keys";
import { authAdmin, authAt } from "@atoll/supabase/auth-admin";
import { authConfig } from "@atoll/supabase/auth-config";
import { keptBackups, restorePoint, standing, takeBack } from "@atoll/supabase/backups";
import { broughtParts } from "@atoll/supabase/brought/parts";
import { check as checkSupabase } from "@atoll/supabase/check";
import { database } from "@atoll/supabase/database";
import { databaseClient } from "@atoll/supabase/database-client";
import { setDatabasePassword } from "@atoll/supabase/database-password";
import { type Members, members } from "@atoll/supabase/members";
import { moveSite, readSite } from "@atoll/supabase/move-site";
import { project } from "@atoll/supabase/project";
import { fromPool, type WarmProjects } from "@atoll/supabase/project-pool";
import { nearestRegion, regions } from "@atoll/supabase/regions";
import { roomLeft } from "@atoll/supabase/room";
import { trySignIn } from "@atoll/supabase/sign-in";
import { sqlSession } from "@atoll/supabase/sql-session";
import { user } from "@atoll/supabase/user";
import { vercelApi } from "@atoll/vercel/api";
import { broughtEnvironment, broughtSite } from "@atoll/vercel/brought-project";
import { check as checkVercel } from "@atoll/vercel/check";
import { deployment } from "@atoll/vercel/deployment";
import { deployments as vercelDeployments } from "@atoll/vercel/deployments";
import { domains as vercelDomains } from "@atoll/vercel/domains";
import { environment } from "@atoll/vercel/environment";
import { project as site } from "@atoll/vercel/project";
import type pg from "pg";
import { broughtIn } from "./answers/brought-project.ts";
import { guarded } from "./answers/guard-brought.ts";
import { sendUnlessRestored } from "./backups/welcome.ts";
import { type OutsideBlueprint, withOutside } from "./blueprints/load.ts";
import type { Template } from "./deployments/template.ts";
import { resolveAt } from "./domains/dns.ts";
import type { SiteHost } from "./domains/place.ts";
import { siteFetch } from "./monitor/outside.ts";
import type { Blank } from "./pool/tend.ts";
import { repositoryFiles } from "./repository-files.ts";
import type { ProviderSettings } from "./settings.ts";
import { type OwnedThings, ownedThings } from "./sweep/owned.ts";
import { type Meters, metersOf } from "./usage/meters.ts";

/** One set of accounts at the providers: the blueprints built on them, and a look at whether they suffice. */
export interface Accounts {
  blueprints: AnyBlueprint[];
  /** Mail of the hub's own, from the same sender. */
  transport: Transport;
  /** What no step observes, of an instance with these answers: in what its client brought, by what they gave for it. */
  looksAt(answers: unknown): Looks;
  /** To where a project could be taken back. */
  restorePoint: ReturnType<typeof restorePoint>;
  /** What the provider keeps of a project. */
  keptBackups: ReturnType<typeof keptBackups>;
  /** Has the provider take a project back. */
  takeBack: ReturnType<typeof takeBack>;
  /** How a project stands while it is taken back. */
  standing: ReturnType<typeof standing>;
  /** Has the provider paused a project, or is it about to? */
  isPaused(ref: string): Promise<boolean>;
  /** Counts what instances use. */
  meters: Meters;
  /** What carries our mark at the providers, whoever it belongs to. */
  owned: OwnedThings;
  /** Gives the owner of a project's database (by its ref) another password. */
  setDatabasePassword(ref: string, password: Secret): Promise<void>;
  /** Regions that Supabase offers now, and the nearest of them to another one. */
  regions(): Promise<readonly string[]>;
  nearestRegion: typeof nearestRegion;
  /** What blank projects for the warm pool are made by, and how many more the organisation's plan lets it have. */
  blank: Blank;
  roomLeft(): Promise<number | undefined>;
  /** Hosts of applications, by the kind of their sites. */
  sites: ReadonlyMap<string, SiteHost>;
  /** Where Auth of a project (its ref) leads to, and moving that along with its site. */
  authSite: {
    read(ref: string, domains: readonly string[]): ReturnType<typeof readSite>;
    move(ref: string, move: Parameters<typeof moveSite>[2]): Promise<void>;
  };
  /** The template that repositories are made from, and bringing its newer versions. */
  template: Template;
  doctor(): Promise<(Finding & { provider: string })[]>;
}

/** Looks at what no step observes. */
export interface Looks {
  /** Can this user (`REF/USERID`) sign in? */
  signIn: ReturnType<typeof trySignIn>;
  /** What became of a mail? */
  delivery: LookAfter;
  /** Opens a project's database. */
  database: ReturnType<typeof sqlSession>;
  /** Connects to a project's database, for loading and dumping; undefined where only the SQL endpoint is to be had. */
  client(at: { within: string; access?: Secret }): Promise<pg.Client | undefined>;
  /** People at a project's Auth. */
  members: Members;
}

/** What is known of things beside what a blueprint wants of them, so that it is no drift. */
interface Besides {
  /** Custom domains that were let in at a project's Auth, by the project's ref. */
  domainsOfProject(ref: string): Promise<{ all: string[]; primary?: string }>;
  /** Custom domains that a site was given, by the host's id of it. */
  domainsOfSite(siteId: string): Promise<string[]>;
  /** Whether an instance (its id) is made of a backup. */
  isMadeOfBackup(instanceId: string): Promise<boolean>;
  /** The deployment that an operator went back to, by the host's id of the site. */
  keptOf(siteId: string, newest: string): Promise<string | undefined>;
}

interface ConnectOptions {
  onCall?: (call: ObservedCall) => void;
  /** Shares the accounts' limits with all other processes. */
  governor?: Governor;
  besides?: Besides;
  /** Projects that are kept ready; absent = each is made. */
  pool?: WarmProjects;
  /** Address of the local cloud whose DNS is asked; absent = this machine's resolver. */
  dns?: string | undefined;
  /** Id of the hub that works with these accounts: what it makes says so. */
  hub?: string | undefined;
}

/** Opens all provider clients and builds the blueprints on them: only here adapters and settings meet. */
export function connect(
  settings: ProviderSettings,
  { besides, pool, dns, hub, ...options }: ConnectOptions = {},
  outside: readonly OutsideBlueprint[] = [],
): Accounts {
  const atSites = besides && { keptOf: besides.keptOf, domainsOf: besides.domainsOfSite };
  const { projectUrl, databaseUrl } = settings.supabase;
  const supabase = supabaseApi({
    ...options,
    token: settings.supabase.token,
    organization: settings.supabase.organization,
    baseUrl: settings.supabase.apiUrl,
    ...(projectUrl !== undefined && { projectUrl: (ref: string) => projectUrl.replace("REF", ref) }),
  });
  const github = githubApi({ ...options, token: settings.github.token, baseUrl: settings.github.apiUrl });
  const vercel = vercelApi({
    ...options,
    token: settings.vercel.token,
    teamId: settings.vercel.team,
    baseUrl: settings.vercel.apiUrl,
  });
  const netlify = settings.netlify && {
    api: netlifyApi({ ...options, token: settings.netlify.token, baseUrl: settings.netlify.apiUrl }),
    at: settings.netlify,
  };
  const n8n = n8nApi({ ...options, token: settings.n8n.token, baseUrl: settings.n8n.apiUrl });
  const gitea = giteaApi({ ...options, token: settings.gitea.token, baseUrl: settings.gitea.apiUrl });
  const mail = mailOf(settings.email, options);

  const reached = {
    mode: settings.supabase.connection,
    ...(databaseUrl !== undefined && { databaseUrl }),
  };
  const openDatabase = sqlSession(supabase, reached);
  const connectDatabase = databaseClient(supabase, reached);

  const people = members(authAdmin(supabase));

  const blank: Blank = { project: project(supabase), database: database(supabase) };
  const parts: Parts = {
    project: pool ? fromPool(supabase, blank.project, pool) : blank.project,
    database: database(supabase),
    apiKeys: apiKeys(supabase),
    authConfig: authConfig(supabase, besides && { domainsOf: besides.domainsOfProject }),
    user: user(supabase),
    schema: schema({ connect: openDatabase }),
    repository: repository(github, { org: settings.github.organization }),
    file: file(github),
    hosts: {
      vercel: {
        site: site(vercel),
        environment: environment(vercel),
        deployment: deployment(vercel, { ...atSites, ...siteFetch(settings.vercel.apiUrl) }),
        ...(settings.vercel.deployFrom === "files" && { filesOf: repositoryFiles(github) }),
      },
      ...(netlify && {
        netlify: netlifyHost(netlify.api, {
          ...netlify.at,
          deployments: { ...atSites, ...siteFetch(netlify.at.apiUrl) },
        }),
      }),
    },
    credential: credential(n8n),
    workflow: workflow(n8n),
    folder: folder(gitea, { repository: settings.gitea.repository }),
    sendMail: besides
      ? sendUnlessRestored(send(mail.transport), besides.isMadeOfBackup)
      : send(mail.transport),
    adopting: {
      supabase(given, { migrations, consent }) {
        const { connect, client: _, ...brought } = broughtParts(supabase, given);
        return {
          ...brought,
          project: guarded(brought.project, given, settings.supabase.apiUrl),
          schema: broughtSchema({ connect, migrations, field: "bring.supabase", consent }),
        };
      },
      repository: (name, more) => broughtRepository(github, { repository: name, ...more }),
      sites: {
        vercel: (name, more) => ({
          site: broughtSite(vercel, { site: name, ...more }),
          environment: broughtEnvironment(vercel),
        }),
      },
    },
    apis: { supabase: supabase.http, github, n8n, gitea },
    settings: {
      template: settings.github.template,
      webhookUrl: settings.n8n.apiUrl.replace(/\/api\/v1$/, "/webhook"),
      opsRepository: settings.gitea.repository,
      supportEmail: settings.email.support,
      mail: settings.campaigns,
      social: settings.social,
      bot: settings.bot,
      ...(hub !== undefined && { hub }),
    },
  };
  const blueprints = withOutside(
    [business(parts), shop(parts), agency(parts), community(parts)],
    outside,
    parts,
  );

  return {
    blueprints,
    transport: mail.transport,
    owned: ownedThings({ supabase, github, vercel, netlify, n8n, gitea }, settings, parts),
    setDatabasePassword: (ref, password) => setDatabasePassword(supabase, ref, password),
    meters: metersOf({ supabase, n8n, vercel, netlify: netlify?.api }),
    regions: () => regions(supabase),
    blank,
    roomLeft: () => roomLeft(supabase),
    restorePoint: restorePoint(supabase),
    keptBackups: keptBackups(supabase),
    takeBack: takeBack(supabase),
    standing: standing(supabase),
    isPaused: async (ref) => /^(INACTIVE|PAUSING)$/.test((await supabase.project(ref))?.status ?? ""),
    nearestRegion,
    sites: new Map<string, SiteHost>([
      [
        "vercel.project",
        { name: "Vercel", domains: vercelDomains(vercel), deployments: vercelDeployments(vercel) },
      ],
      ...(netlify
        ? [
            [
              "netlify.site",
              {
                name: "Netlify",
                domains: netlifyDomains(netlify.api, dns === undefined ? {} : { resolve: resolveAt(dns) }),
                deployments: netlifyDeployments(netlify.api),
              },
            ] as [string, SiteHost],
          ]
        : []),
    ]),
    authSite: {
      read: (ref, domains) => readSite(supabase, ref, domains),
      move: (ref, move) => moveSite(supabase, ref, move),
    },
    template: {
      name: settings.github.template,
      newest: async () => {
        const { default_branch: branch } = await github.get<{ default_branch: string }>(
          "/repos/{+repository}",
          { params: { repository: settings.github.template } },
        );
        return branchHead(github, settings.github.template, branch);
      },
      plan: (job) => planTemplateUpdate(github, { template: settings.github.template, ...job }),
      bring: (job) => bringTemplateUpdate(github, { template: settings.github.template, ...job }),
      pull: (repository, number) => pullAt(github, repository, number),
      merge: (repository, number) => mergeTemplateUpdate(github, { repository, number }),
    },
    looksAt(answers) {
      const given = broughtIn(answers);
      const { delivery } = mail;
      if (given === undefined)
        return {
          signIn: trySignIn(supabase),
          delivery,
          database: openDatabase,
          client: async ({ within, access }) => access && connectDatabase({ within, access }),
          members: people,
        };
      // Never by our own token, and never with the password that was made for a project of ours.
      if (given === "forgotten")
        return {
          signIn: forgotten,
          delivery,
          database: forgotten,
          client: forgotten,
          members: { make: forgotten, link: forgotten },
        };
      const { connect, client } = broughtParts(supabase, given);
      const auth = authAt(supabase, given.url, given.secretKey);
      return {
        signIn: trySignIn(supabase, { at: async (_, work) => work(auth) }),
        delivery,
        members: members({ at: async (_, work) => work(auth) }),
        database: ({ within }) =>
          connect({ instance: "", name: "schema", ...(within !== undefined && { within }) }),
        client,
      };
    },
    async doctor() {
      const looks: [string, Promise<Finding[]>][] = [
        ["supabase", checkSupabase(supabase)],
        [
          "github",
          checkGithub(github, { org: settings.github.organization, template: settings.github.template }),
        ],
        ["vercel", checkVercel(vercel, settings.vercel.team)],
        ...(netlify
          ? [["netlify", checkNetlify(netlify.api, netlify.at)] as [string, Promise<Finding[]>]]
          : []),
        ["n8n", checkN8n(n8n)],
        ["gitea", checkGitea(gitea, settings.gitea.repository)],
        ["email", mail.check()],
      ];
      const all = await Promise.all(
        looks.map(async ([provider, look]) => (await look).map((each) => ({ provider, ...each }))),
      );
      return [...all.flat(), ...blueprints.flatMap(closedFinding)];
    },
  };
}

async function forgotten(): Promise<never> {
  throw new Fault("rejected", {
    what: "The keys of the project that the client brought are forgotten: the instance was destroyed.",
    next: "Nothing: what they brought is theirs alone again.",
    field: "slug",
  });
}

/** A blueprint of which no new instance can be made is no fault of the accounts, but its operator should know. */
function closedFinding({ name, closed }: AnyBlueprint): (Finding & { provider: string })[] {
  if (closed === undefined) return [];
  return [
    {
      provider: "atoll",
      ok: true,
      subject: `Blueprint ${name}`,
      what: `Is not offered. ${closed.what}`,
      next: closed.next,
    },
  ];
}

/** Mail by Resend or by SMTP, and how to see whether it would go. */
function mailOf(
  email: ProviderSettings["email"],
  options: { onCall?: (call: ObservedCall) => void; governor?: Governor },
): { transport: Transport; delivery: LookAfter; check(): Promise<Finding[]> } {
  if (email.by === "smtp") {
    const { url, from } = email;
    return { transport: smtp({ url, from }), delivery: deliveryBySmtp, check: () => checkSmtp(url) };
  }
  const api = resendApi({ ...options, token: email.token, baseUrl: email.apiUrl });
  return {
    transport: resend(api, email.from),
    delivery: deliveryByResend(api),
    check: () => checkResend(api, email.from),
  };
}
