import { z } from "zod";
import { targets } from "./facts.ts";

const target = z.enum(targets);
const text = z.string().max(256).nullable().optional();

// Vercel checks these in depth; here they are kept and shown.
const passedOn = z.record(z.string(), z.unknown()).nullable().optional();

/** A variable in the body of a project's create. */
const firstVariable = z.strictObject({
  key: z.string(),
  value: z.string(),
  target: z.union([target, z.array(target).min(1)]),
  type: z.enum(["system", "secret", "encrypted", "plain", "sensitive"]).optional(),
  gitBranch: z.string().max(250).nullable().optional(),
});

/** A variable as it is created on its own. */
export const newVariable = z.strictObject({
  key: z.string(),
  value: z.string(),
  type: z.enum(["system", "secret", "encrypted", "plain", "sensitive"]),
  target: z.union([target, z.array(target).min(1)]).optional(),
  gitBranch: z.string().max(250).nullable().optional(),
  comment: z.string().max(500).optional(),
  customEnvironmentIds: z.array(z.string()).optional(),
});
export type NewVariable = z.infer<typeof newVariable>;

/** A change of a variable. */
export const changedVariable = newVariable.partial();

const shared = {
  buildCommand: text,
  commandForIgnoringBuildStep: text,
  devCommand: text,
  framework: z.string().max(60).nullable().optional(),
  installCommand: text,
  outputDirectory: text,
  rootDirectory: text,
  publicSource: z.boolean().nullable().optional(),
  serverlessFunctionRegion: z.string().max(4).nullable().optional(),
  serverlessFunctionZeroConfigFailover: z.boolean().optional(),
  enablePreviewFeedback: z.boolean().nullable().optional(),
  enableProductionFeedback: z.boolean().nullable().optional(),
  previewDeploymentsDisabled: z.boolean().nullable().optional(),
  skipGitConnectDuringLink: z.boolean().optional(),
  enableAffectedProjectsDeployments: z.boolean().optional(),
  ssoProtection: passedOn,
  oidcTokenConfig: passedOn,
  resourceConfig: passedOn,
};

/** The link to a repository. */
export const linkBody = z.strictObject({
  type: z.enum(["github", "github-limited", "gitlab", "bitbucket"]),
  repo: z.string(),
});

/** `POST /v11/projects`. */
export const newProject = z.strictObject({
  ...shared,
  name: z.string(),
  environmentVariables: z.array(firstVariable).optional(),
  gitRepository: linkBody.optional(),
});

/** `PATCH /v9/projects/{idOrName}`. */
export const changedProject = z.strictObject({
  ...shared,
  name: z.string().optional(),
  autoExposeSystemEnvs: z.boolean().optional(),
  autoAssignCustomDomains: z.boolean().optional(),
  autoAssignCustomDomainsUpdatedBy: z.string().optional(),
  customerSupportCodeVisibility: z.boolean().optional(),
  directoryListing: z.boolean().optional(),
  gitForkProtection: z.boolean().optional(),
  gitLFS: z.boolean().optional(),
  nodeVersion: z.enum(["22.x", "20.x", "18.x", "16.x", "14.x", "12.x", "10.x"]).optional(),
  skewProtectionBoundaryAt: z.int().optional(),
  skewProtectionMaxAge: z.int().optional(),
  sourceFilesOutsideRootDirectory: z.boolean().optional(),
  staticIps: passedOn,
  passwordProtection: passedOn,
  trustedIps: passedOn,
  optionsAllowlist: passedOn,
  connectConfigurations: z.array(z.unknown()).nullable().optional(),
});

const sourceOfGit = {
  type: z.enum(["github", "github-limited"]),
  ref: z.string().min(1),
  sha: z.string().optional(),
};

/** `POST /v13/deployments`. */
export const newDeployment = z.strictObject({
  name: z.string().min(1),
  project: z.string().optional(),
  target: z.string().optional(),
  deploymentId: z.string().optional(),
  withLatestCommit: z.boolean().optional(),
  files: z
    .array(
      z.union([
        z.strictObject({
          file: z.string(),
          sha: z.string().regex(/^[0-9a-f]{40}$/),
          size: z.int().optional(),
        }),
        z.strictObject({
          file: z.string(),
          data: z.string(),
          encoding: z.enum(["base64", "utf-8"]).default("utf-8"),
        }),
      ]),
    )
    .optional(),
  gitSource: z
    .union([
      z.strictObject({ ...sourceOfGit, repoId: z.union([z.number(), z.string()]) }),
      z.strictObject({ ...sourceOfGit, org: z.string(), repo: z.string() }),
    ])
    .optional(),
  gitMetadata: passedOn,
  meta: z.record(z.string(), z.string()).default({}),
  monorepoManager: z.string().nullable().optional(),
  customEnvironmentSlugOrId: z.string().optional(),
  projectSettings: passedOn,
});
export type NewDeployment = z.infer<typeof newDeployment>;

/** `POST /v10/projects/{idOrName}/domains`. */
export const newDomain = z.strictObject({
  name: z.string(),
  gitBranch: z.string().max(250).nullable().optional(),
  customEnvironmentId: z.string().optional(),
  redirect: z.string().nullable().optional(),
  redirectStatusCode: z.union([z.literal([301, 302, 307, 308]), z.null()]).optional(),
});
