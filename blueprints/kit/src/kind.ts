import type { FormWords, Questions, Team } from "@atoll/core/blueprint";
import type { Migration } from "@atoll/fleet/migrations";
import type { VaultEntry } from "@atoll/fleet/vault";
import type { Bring } from "./bring.ts";
import type { HostName } from "./host.ts";
import type { Locale } from "./locales.ts";
import type { OwnStep } from "./own-step.ts";
import type { Pages } from "./pages.ts";
import type { TokenName } from "./parts.ts";
import type { WelcomeWords } from "./welcome-mail.ts";

/** What every application asks. */
export interface BaseAnswers {
  /** As the client writes it: 1 to 120 characters, anything that can be printed. */
  name: string;
  slug: string;
  adminEmail: string;
  adminName?: string;
  region: string;
  modules: readonly string[];
  locale: Locale;
  /** Things that the client has already. */
  bring?: Bring;
}

/** A module's automations: its file, and which of the operator's tokens it sends with. */
export interface WorkflowKind {
  file: URL;
  token?: TokenName;
}

/** What makes one kind of application different from the others; the steps are the same for all of them. */
export interface Kind<A extends BaseAnswers> {
  name: string;
  questions: Questions<A>;
  /** Of the Supabase project; the suffix, recorded beforehand, proves that it is ours. */
  projectName(slug: string, suffix: string): string;
  repositoryName(slug: string): string;
  siteName(slug: string): string;
  /** Who serves new instances; default: `vercel`. Those that are there stay where they were made. */
  host?: HostName;
  migrations: readonly Migration[];
  /** SQL of the first rows, safe to repeat. */
  seed?(answers: A): string;
  /** Public keys that the vault begins with; `commonVault` gives those that every application reads. */
  vault(answers: A): readonly VaultEntry[];
  /** Columns that open other doors, as `schema.table` and names: a client's take-out is without them. */
  secretColumns?: Readonly<Record<string, readonly string[]>>;
  /** Who can be a member of its instances; `teamOf` where its users stand in `public.users`. */
  team?: Team;
  /** In the order in which the application shows them. */
  modules: readonly string[];
  /** By module, for those that have automations; in the order in which they are made. */
  workflows: Readonly<Record<string, WorkflowKind>>;
  /** What the application tells people about a module's automations. */
  automations: Readonly<Record<Locale, Readonly<Record<string, readonly string[]>>>>;
  welcome: Readonly<Record<Locale, WelcomeWords>>;
  /** What its form calls questions and choices, where they are called otherwise than in the first kind. */
  form?: FormWords;
  /** Steps of this kind alone, each from a file of its own (`ownStep`): made before the welcome mail goes out. */
  steps?: readonly OwnStep[];
  /** Pages of a kind that the template does not know by its name. */
  pages?: Pages;
  /** Further fields of `client-config.json`. */
  config?(answers: A): object;
}
