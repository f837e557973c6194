import type { PlanItem } from "@atoll/core/blueprint";
import type { Answers } from "./asking.ts";

const bringOf = ({ bring }: Answers): Record<string, unknown> | undefined =>
  typeof bring === "object" && bring !== null ? { ...bring } : undefined;

/** True where a client brings something and nobody has agreed yet that it is changed. */
export function needsConsent(answers: Answers): boolean {
  const bring = bringOf(answers);
  return bring !== undefined && bring.consent !== true;
}

/** The same answers, agreed to. */
export function consented(answers: Answers): Answers {
  const bring = bringOf(answers);
  return bring === undefined ? answers : { ...answers, bring: { ...bring, consent: true } };
}

/** What will be changed in the things that are brought, a sentence each, by the plan. */
export function consentText(items: readonly PlanItem[]): string[] {
  return items.flatMap((item) => (item.brought === undefined ? [] : [`${item.name}: ${item.brought}`]));
}
