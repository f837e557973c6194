import type { AnyBlueprint, PlanItem } from "@atoll/core/blueprint";
import { Fault, type Problem } from "@atoll/core/fault";
import type { Journal } from "@atoll/engine/journal";
import type { InstanceSpec } from "@atoll/engine/register";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An instance that is to be made; without an environment in the default one. */
interface Wanted {
  blueprint: AnyBlueprint;
  answers: Record<string, unknown>;
  environment?: string | undefined;
}

const specOf = ({ blueprint, answers, environment }: Wanted): InstanceSpec => ({
  slug: String(answers.slug),
  blueprint: blueprint.name,
  answers,
  ...(environment !== undefined && { environment }),
});

/** Tries what is brought at its providers, by a plan with the environment's accounts: reads only. */
export async function tryBrought(journal: Pick<Journal, "plan">, wanted: Wanted): Promise<Problem[]> {
  const items = await journal.plan(specOf(wanted));
  return items.flatMap((item) => {
    const { field = "", why = "", next = "" } = item;
    return isRefused(item)
      ? [{ field, what: `cannot be brought: ${why} ${next}`.trim().replace(/\.$/, "") }]
      : [];
  });
}

const isRefused = ({ does, field }: PlanItem) => does === "blocked" && field?.startsWith("bring") === true;

/**
 * Sees to it, before anything is recorded, that what is brought can be used and that somebody agreed to the changes.
 * Throws a fault on the field to blame.
 */
export async function mustBeBringable(journal: Pick<Journal, "plan">, wanted: Wanted): Promise<void> {
  const { bring } = wanted.answers;
  if (!isObject(bring)) return;
  const items = await journal.plan(specOf(wanted));
  const refused = items.find(isRefused);
  if (refused !== undefined)
    throw new Fault("rejected", {
      what: refused.why ?? "What is brought cannot be used.",
      next: refused.next ?? "Bring something else.",
      field: refused.field ?? "bring",
    });
  if (bring.consent === true) return;
  const changes = items.flatMap(({ name, brought }) => (brought === undefined ? [] : [`${name} ${brought}`]));
  throw new Fault("rejected", {
    what: `What is brought would be changed, and nobody agreed to that: ${changes.join("; ")}.`,
    next: 'Agree with `--adopt`, or with `"consent": true` under "bring".',
    field: "bring.consent",
  });
}
