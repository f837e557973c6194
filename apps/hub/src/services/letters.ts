import type { Locale } from "@atoll/blueprint-kit/locales";
import type { Letter } from "./outbox.ts";

/** The hub's mails, each in the language of who reads it. */
export interface Letters {
  confirmAddress(data: { locale: Locale; name: string; url: string }): Letter;
  requestReceived(data: { locale: Locale; name: string; statusUrl: string }): Letter;
  requestApproved(data: { locale: Locale; name: string; statusUrl: string }): Letter;
  requestRejected(data: { locale: Locale; name: string; reason: string }): Letter;
  runFailed(data: {
    locale?: Locale;
    instance: string;
    step: string | undefined;
    cause: string;
    next: string;
    undone: boolean;
    url: string;
  }): Letter;
  /** What differs in an instance's database from what its migrations make: names of tables, policies and the like. */
  schemaDrift(data: { locale?: Locale; instance: string; paths: readonly string[]; url: string }): Letter;
  /** Something is wrong with an instance, a provider or a limit (`of`): what, and what to do. */
  incidentOpened(data: { locale?: Locale; of: string; what: string; next: string; url: string }): Letter;
  /** The one all-clear. */
  incidentClosed(data: { locale?: Locale; of: string; what: string; ending: string; url: string }): Letter;
  /** Into an instance, not into the hub: `url` holds the one-time link. `isNew` = they have no password yet. */
  teamInvitation(data: {
    locale?: Locale;
    client: string;
    role: string;
    isNew: boolean;
    url: string;
  }): Letter;
  /** What differs in an instance from what was accepted; with `comesBack` some of it does after each repair. */
  instanceDrift(data: {
    locale?: Locale;
    instance: string;
    differences: readonly { path: string; from?: string; to?: string }[];
    comesBack: boolean;
    url: string;
  }): Letter;
  /** So many instances were changed at once that one letter tells of all; `instances` are the first of them. */
  massDrift(data: { locale?: Locale; count: number; instances: readonly string[]; url: string }): Letter;
  invitation(data: { locale?: Locale; by: string; role: string; url: string; validUntil: Date }): Letter;
}
