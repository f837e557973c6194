import type { Action, Resource } from "@atoll/core/resource";
import type { Secret } from "@atoll/core/secret";
import type { Migration } from "@atoll/fleet/migrations";
import type { SchemaAttrs, SchemaIn } from "@atoll/fleet/schema";
import type { FolderAttrs, FolderIn } from "@atoll/gitea/folder";
import type { FileAttrs, FileIn } from "@atoll/github/file";
import type { RepositoryAttrs, RepositoryIn } from "@atoll/github/repository";
import type { CredentialAttrs, CredentialIn } from "@atoll/n8n/credential";
import type { WorkflowAttrs, WorkflowIn } from "@atoll/n8n/workflow";
import type { Http } from "@atoll/provider-kit/http";
import type { BroughtProject } from "./bring.ts";
import type { Host, HostName, Hosts } from "./host.ts";

/** What the Supabase project should be. */
interface ProjectIn {
  region: string;
  databasePassword: Secret;
}

interface ProjectAttrs {
  ref: string;
  url: string;
}

interface ApiKeysIn {
  publishable: true;
  secret: true;
}

interface ApiKeysAttrs {
  publishable: string;
  secret: Secret;
}

interface AuthConfigIn {
  siteUrl: string;
  redirectUrls: string[];
  disableSignup: boolean;
  passwordMinLength: number;
}

interface UserIn {
  email: string;
  password: Secret;
  role: string;
  fullName?: string;
  mustChangePassword: boolean;
  /** Where the project's Auth answers, and the key that opens its admin side. */
  url: string;
  secretKey: Secret;
}

interface UserAttrs {
  userId: string;
  email: string;
}

interface Mail {
  to: string;
  subject: string;
  html: string;
  text: string;
  replyTo?: string;
}

/** Everything that an application is built of: the hub puts in the adapters of one set of accounts. */
export interface Parts {
  /** Present as soon as Supabase knows it: its ref and URL are final, its keys can be read, its database is not up. */
  project: Resource<ProjectIn, ProjectAttrs>;
  /** Settles until the project's database and Auth answer (75 s after the project is known). */
  database: Resource<object, object>;
  apiKeys: Resource<ApiKeysIn, ApiKeysAttrs>;
  authConfig: Resource<AuthConfigIn, object>;
  user: Resource<UserIn, UserAttrs>;
  schema: Resource<SchemaIn, SchemaAttrs>;
  repository: Resource<RepositoryIn, RepositoryAttrs>;
  file: Resource<FileIn, FileAttrs>;
  /** Where applications are served: site, environment and deployment of each. */
  hosts: Hosts;
  credential: Resource<CredentialIn, CredentialAttrs>;
  workflow: Resource<WorkflowIn, WorkflowAttrs>;
  folder: Resource<FolderIn, FolderAttrs>;
  sendMail: Action<Mail, object>;
  /** The accounts' own clients, with token, retries and redaction: for resources of one's own. */
  apis: Apis;
  /** Absent = a client cannot bring anything here. */
  adopting?: Adopting;
  settings: Settings;
}

type SupabaseParts = Pick<Parts, "project" | "database" | "apiKeys" | "authConfig" | "user" | "schema">;

/** Takes what a client brings instead of making it: the hub puts in the adapters. */
export interface Adopting {
  supabase(
    given: BroughtProject,
    options: { migrations: readonly Migration[]; consent: boolean },
  ): SupabaseParts;
  repository(
    name: string,
    options: { consent: boolean; file: { path: string; isOurs(content: string): boolean } },
  ): Parts["repository"];
  /** By host; those at which a site cannot be brought are missing. */
  sites: Readonly<
    Partial<
      Record<
        HostName,
        (
          site: string,
          options: { repository?: string; variables: readonly string[]; consent: boolean },
        ) => Pick<Host, "site" | "environment">
      >
    >
  >;
}

/** Clients of the providers' APIs, each at its provider's base address. */
interface Apis {
  /** The Management API. */
  supabase: Http;
  github: Http;
  n8n: Http;
  gitea: Http;
}

/** Tokens of the operator that automations send with. */
export type TokenName = "mail" | "social" | "bot";

/** What the accounts have in common for all instances. */
export interface Settings {
  /** `owner/repo` of the application's template on GitHub. */
  template: string;
  /** Address under which n8n answers webhooks, without a slash at the end: "https://n8n.example.com/webhook". */
  webhookUrl: string;
  /** `owner/repo` at Gitea that keeps what belongs to all clients' operation. */
  opsRepository: string;
  /** Where people write to when they need help. */
  supportEmail: string;
  /** What automations send mail with. Without a token workflows that do are made, but not published. */
  mail: { apiUrl: string; from: string; token?: Secret };
  /** What posts are published with. */
  social: { apiUrl: string; token?: Secret };
  /** What answers in a bot's name: an API that speaks as OpenAI's does. */
  bot: { apiUrl: string; token?: Secret };
  /** Id of the hub that works with these accounts; absent = what is made says nothing of its hub. */
  hub?: string;
}
