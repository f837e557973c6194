import { type AnyBlueprint, blueprint } from "@atoll/core/blueprint";
import type { Ids } from "@atoll/core/instance";
import { Secret } from "@atoll/core/secret";
import { vaultSeed } from "@atoll/fleet/vault";
import { partsFor, type SiteVariable } from "./adopting.ts";
import { carryBring, withBring } from "./bring.ts";
import { clientConfig, clientConfigPath } from "./client-config.ts";
import { type DeploymentIn, firstHost, type HostName, hostMissing, hostNamed, hostNames } from "./host.ts";
import type { BaseAnswers, Kind } from "./kind.ts";
import { originFile, originOf, originSeed, originText } from "./origin.ts";
import type { OwnStep } from "./own-step.ts";
import { problemsOfPages } from "./pages.ts";
import type { Parts, TokenName } from "./parts.ts";
import { welcomeMail } from "./welcome-mail.ts";
import { workflowPath, workflowText } from "./workflow-export.ts";
import { workflowFrom } from "./workflow-file.ts";

const bearer = (name: string, token: Secret) => ({
  type: "httpHeaderAuth",
  data: { name: "Authorization", value: new Secret(name, `Bearer ${token.expose()}`) },
});

const tokenWords: Record<TokenName, string> = {
  mail: "mail token",
  social: "social media token",
  bot: "bot token",
};

/**
 * The application of one client over six providers: a database with its schema and first admin, a repository of its
 * own, a site, automations, a backup of them and a welcome mail. What differs from kind to kind is in `kind`.
 */
export function application<A extends BaseAnswers>(parts: Parts, kind: Kind<A>): AnyBlueprint {
  const problems = kind.pages ? problemsOfPages(kind.pages, kind.modules) : [];
  if (problems.length > 0) throw new Error(problems.join(" "));
  const built = new Map<HostName, AnyBlueprint>();
  const on = (host: HostName) => {
    const made = built.get(host) ?? applicationOn(host, parts, kind);
    built.set(host, made);
    return made;
  };
  const hostName = kind.host ?? firstHost;
  const chosen = on(hostName);
  return {
    ...chosen,
    migrations: kind.migrations,
    ...(kind.team && { team: kind.team }),
    ...(kind.secretColumns && { secretColumns: kind.secretColumns }),
    ...(parts.hosts[hostName] === undefined && { closed: hostMissing(hostName) }),
    ...(parts.adopting && { carry: carryBring }),
    // An instance stays at the host where it was made, whatever its kind chooses today.
    stepsFor(recorded, answers?: A) {
      const { bring } = answers ?? {};
      const kinds = ["site", "environment", "deployment"].map((step) => recorded.get(step));
      const at = hostNames.find((name) => kinds.some((kind) => kind?.startsWith(`${name}.`)));
      if (bring === undefined) return (at === undefined ? chosen : on(at)).steps;
      const host = at ?? kind.host ?? firstHost;
      return applicationOn(host, partsFor(parts, bring, host, kind.migrations), kind).steps;
    },
  };
}

function applicationOn<A extends BaseAnswers>(hostName: HostName, parts: Parts, kind: Kind<A>): AnyBlueprint {
  const { settings } = parts;
  const host = hostNamed(parts.hosts, hostName);
  const workflowModules = kind.modules.filter((module) => kind.workflows[module] !== undefined);
  const madeOf = { site: host.site.kind };
  const tokens = (["mail", "social", "bot"] as const).filter((name) => modulesWith(name).length > 0);

  function modulesWith(token: TokenName): string[] {
    return workflowModules.filter((module) => kind.workflows[module]?.token === token);
  }
  const has = (answers: A, modules: readonly string[]) =>
    modules.some((module) => answers.modules.includes(module));

  function workflowOf(step: WorkflowStep) {
    const module = step.replace(/-workflow$/, "");
    const workflow = kind.workflows[module];
    if (workflow === undefined) throw new Error(`The module "${module}" has no workflow.`);
    return { module, ...workflow };
  }

  function ownStepNamed(name: OwnStepName): OwnStep {
    const found = kind.steps?.find(({ step }) => step === name);
    if (found === undefined) throw new Error(`There is no step "${name}".`);
    return found;
  }

  /** A credential is undefined where its step was skipped. */
  const place = (credential: { credentialId: string; name: string } | undefined) =>
    credential && { id: credential.credentialId, name: credential.name };

  return (
    blueprint({
      name: kind.name,
      questions: parts.adopting ? withBring(kind.questions) : kind.questions,
      owner: ({ adminEmail }) => adminEmail.toLowerCase(),
      ...(kind.form && { words: kind.form }),
      vault: (answers) => kind.vault(answers),
      chosen: (ids: Ids) => ({
        projectSuffix: ids.suffix(),
        webhookPath: `${ids.suffix()}${ids.suffix()}`,
        ...(settings.hub !== undefined && { hub: settings.hub }),
      }),
      secrets: (ids: Ids) => ({
        databasePassword: ids.password(),
        temporaryPassword: ids.temporaryPassword(),
      }),
    })
      // --- database
      .step("project", {
        resource: parts.project,
        name: ({ instance }) => kind.projectName(instance.slug, instance.chosen.projectSuffix),
        want: ({ instance, secrets }) => ({
          region: instance.answers.region,
          databasePassword: secrets.databasePassword,
        }),
      })
      // The keys can be read long before the database is up: the site is built meanwhile.
      .step("api-keys", {
        needs: ["project"],
        resource: parts.apiKeys,
        name: () => "api-keys",
        within: ({ needs }) => needs.project.ref,
        want: () => ({ publishable: true, secret: true }),
      })
      .step("database", {
        needs: ["project"],
        resource: parts.database,
        name: () => "database",
        within: ({ needs }) => needs.project.ref,
        want: () => ({}),
      })
      .step("schema", {
        needs: ["project", "database"],
        resource: parts.schema,
        name: () => "schema",
        within: ({ needs }) => needs.project.ref,
        access: ({ secrets }) => secrets.databasePassword,
        want: ({ instance }) => ({
          migrations: kind.migrations,
          seed: [
            kind.seed?.(instance.answers) ?? "",
            vaultSeed(kind.vault(instance.answers)),
            // What a client brought is given back one day, and no token of ours opens it.
            ...(instance.answers.bring?.supabase ? [] : [originSeed(originOf(instance, madeOf))]),
          ].join("\n"),
        }),
      })
      .step("admin", {
        // The schema first: its trigger gives the user a row and a role of their own.
        needs: ["project", "api-keys", "schema"],
        resource: parts.user,
        name: ({ instance }) => instance.answers.adminEmail,
        within: ({ needs }) => needs.project.ref,
        want: ({ instance: { answers }, needs, secrets }) => ({
          email: answers.adminEmail,
          password: secrets.temporaryPassword,
          role: "admin",
          ...(answers.adminName !== undefined && { fullName: answers.adminName }),
          mustChangePassword: true,
          url: needs.project.url,
          secretKey: needs["api-keys"].secret,
        }),
      })

      // --- code and site
      .step("repository", {
        resource: parts.repository,
        name: ({ instance }) => kind.repositoryName(instance.slug),
        want: ({ instance }) => ({
          template: settings.template,
          description: `Application of ${instance.slug}`,
          private: true,
        }),
      })
      .step("client-config", {
        needs: ["repository"],
        resource: parts.file,
        name: () => clientConfigPath,
        within: ({ needs }) => needs.repository.fullName,
        want: ({ instance }) => ({
          content: clientConfig(kind, instance.id, instance.answers),
          message: "Set the client's modules",
        }),
      })
      .step("site", {
        // The last commit comes first: a push to a linked repository deploys by itself, here without environment.
        needs: ["repository", "client-config"],
        resource: host.site,
        name: ({ instance }) => kind.siteName(instance.slug),
        want: ({ needs: { repository } }) => ({
          framework: "nextjs",
          ...(host.filesOf === undefined && {
            repository: repository.fullName,
            repoId: repository.repoId,
            branch: repository.defaultBranch,
          }),
        }),
      })
      .step("environment", {
        needs: ["project", "api-keys", "site"],
        resource: host.environment,
        name: () => "environment",
        within: ({ needs }) => needs.site.projectId,
        want: ({ instance, needs }) => ({
          variables: {
            NEXT_PUBLIC_SUPABASE_URL: { value: needs.project.url },
            NEXT_PUBLIC_SUPABASE_ANON_KEY: { value: needs["api-keys"].publishable },
            SUPABASE_PROJECT_REF: { value: needs.project.ref },
            CLIENT_NAME: { value: instance.answers.name },
          } satisfies Record<SiteVariable, { value: string }>,
        }),
      })
      .step("deployment", {
        needs: ["repository", "client-config", "site", "environment"],
        resource: host.deployment,
        name: ({ instance }) => kind.siteName(instance.slug),
        within: ({ needs }) => needs.site.projectId,
        want: ({ needs }): DeploymentIn => {
          const { owner, repo, repoId, fullName, defaultBranch } = needs.repository;
          const { commitSha, committedAt } = needs["client-config"];
          const { filesOf } = host;
          return {
            source: filesOf
              ? { type: "files", version: commitSha, files: () => filesOf(fullName, commitSha) }
              : { type: "git", org: owner, repo, repoId, ref: defaultBranch },
            environmentUpdatedAt: needs.environment.updatedAt,
            sourceUpdatedAt: committedAt,
          };
        },
      })
      .step("auth-config", {
        needs: ["project", "deployment", "database"],
        resource: parts.authConfig,
        name: () => "auth-config",
        within: ({ needs }) => needs.project.ref,
        want: ({ needs }) => ({
          siteUrl: needs.deployment.url,
          redirectUrls: [`${needs.deployment.url}/**`],
          disableSignup: true,
          passwordMinLength: 8,
        }),
      })

      // --- automations
      .step("database-credential", {
        needs: ["project", "api-keys"],
        resource: parts.credential,
        when: ({ instance }) => has(instance.answers, workflowModules),
        name: ({ instance }) => `${instance.slug} database`,
        want: ({ needs }) => ({
          type: "supabaseApi",
          data: { host: needs.project.url, serviceRole: needs["api-keys"].secret },
        }),
      })
      .stepEach(
        tokens.map(credentialStep),
        () => [],
        (step) => {
          const token = tokenOf(step);
          return {
            resource: parts.credential,
            when: ({ instance }) =>
              settings[token].token !== undefined && has(instance.answers, modulesWith(token)),
            name: ({ instance }) => `${instance.slug} ${token}`,
            want: () => bearer(tokenWords[token], present(settings[token].token)),
          };
        },
      )
      .stepEach(
        workflowModules.map(workflowStep),
        (step) => {
          const { token } = workflowOf(step);
          return ["project", "database-credential", ...(token ? [credentialStep(token)] : [])];
        },
        (step) => {
          const { module, file, token } = workflowOf(step);
          return {
            resource: parts.workflow,
            when: ({ instance }) => has(instance.answers, [module]),
            name: ({ instance }) => `${instance.slug} ${module}`,
            want: ({ instance, needs }) =>
              workflowFrom(file, {
                slug: instance.slug,
                supabaseUrl: needs.project.url,
                webhookPath: instance.chosen.webhookPath,
                webhookUrl: settings.webhookUrl,
                mail: settings.mail,
                social: settings.social,
                bot: settings.bot,
                credentials: {
                  supabaseApi: place(needs["database-credential"]),
                  ...(token && { httpHeaderAuth: place(needs[credentialStep(token)]) }),
                },
              }),
          };
        },
      )
      .step("backup", {
        needs: workflowModules.map(workflowStep),
        resource: parts.folder,
        name: ({ instance }) => `client-backups/${instance.slug}`,
        want: ({ instance, needs }) => ({
          files: {
            "client-config.json": clientConfig(kind, instance.id, instance.answers),
            [originFile]: originText(originOf(instance, madeOf)),
            ...exported(needs),
          },
          message: `Back up ${instance.slug}`,
        }),
      })

      // --- of this kind alone
      .stepEach(
        (kind.steps ?? []).map(({ step }) => step as OwnStepName),
        (name) => ownStepNamed(name).needs,
        (name) => ownStepNamed(name).options(parts),
      )

      // --- last
      .action("welcome", {
        // They are awaited in this order: what is ready last stands last.
        needs: [
          ...(kind.steps ?? []).map(({ step }) => step as OwnStepName),
          "backup",
          "deployment",
          "auth-config",
          "admin",
        ],
        action: parts.sendMail,
        key: ({ instance }) => `welcome/${instance.id}`,
        want: ({ instance: { answers }, secrets, needs }) => ({
          to: answers.adminEmail,
          replyTo: settings.supportEmail,
          ...welcomeMail(
            {
              locale: answers.locale,
              client: answers.name,
              adminName: answers.adminName,
              adminEmail: answers.adminEmail,
              temporaryPassword: secrets.temporaryPassword.expose(),
              url: needs.deployment.url,
              supportEmail: settings.supportEmail,
            },
            kind.welcome[answers.locale],
          ),
        }),
      })
      .build(({ deployment }) => deployment?.url)
  );
}

// --- names of steps

/** A kind's own steps have any names; for the types they have one, so that the others' stay known. */
type OwnStepName = "step of its own";
type CredentialStep = `${TokenName}-credential`;
type WorkflowStep = `${string}-workflow`;

const credentialStep = (token: TokenName): CredentialStep => `${token}-credential`;
const tokenOf = (step: CredentialStep) => step.replace(/-credential$/, "") as TokenName; // as it was put together
const workflowStep = (module: string): WorkflowStep => `${module}-workflow`;

/** Workflows as n8n holds them now, by file; those of modules that the client does not have are missing. */
function exported(
  needs: Readonly<Record<WorkflowStep, { definition: object } | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(needs).flatMap(([step, live]) =>
      live ? [[workflowPath(step), workflowText(live.definition)]] : [],
    ),
  );
}

/** `when` has seen that it is there. */
function present(token: Secret | undefined): Secret {
  if (token === undefined) throw new Error("A credential without a token was asked for.");
  return token;
}
