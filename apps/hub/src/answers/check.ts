import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault, type Problem } from "@atoll/core/fault";
import { slugProblem } from "@atoll/core/instance";
import type { Journal } from "@atoll/engine/journal";

/** Where answers are tried that a blueprint cannot judge alone. */
export interface Trial {
  journal: Pick<Journal, "find">;
  /** Whether somebody registered this slug by hand. */
  byHand(slug: string): Promise<boolean>;
  /** Regions that the provider offers now, and the nearest of them to another one. */
  regions(): Promise<readonly string[]>;
  nearestRegion(code: string, offered: readonly string[]): string | undefined;
  /** Tries what is brought against its providers; reads only. */
  tryBrought(blueprint: AnyBlueprint, answers: Record<string, unknown>): Promise<Problem[]>;
}

/**
 * Everything that is wrong with the answers for a new instance, by field: what the blueprint's questions say, then
 * what only the registry and the providers know. With `about`, what concerns this one field: for answers that are
 * still being typed. Writes nothing.
 */
export async function problemsOf(
  trial: Trial,
  blueprint: AnyBlueprint,
  given: Record<string, unknown>,
  about?: string,
): Promise<Problem[]> {
  const { answers, problems } = parsed(blueprint, given);
  const found = problems.filter((each) => concerns(each.field, about));
  const slug = answers?.slug ?? given.slug;
  const region = answers?.region ?? given.region;
  if (isOpen("slug") && typeof slug === "string") found.push(...(await takenSlug(trial, slug)));
  if (isOpen("region") && typeof region === "string") found.push(...(await unofferedRegion(trial, region)));
  // A field of what is brought is tried with all of it.
  const isBring = about === undefined || about === "bring" || about.startsWith("bring.");
  if (answers?.bring !== undefined && isBring && found.length === 0)
    found.push(...(await trial.tryBrought(blueprint, answers)).filter((each) => concerns(each.field, about)));
  return found;

  /** A field that is asked about, and in which nothing is wrong so far. */
  function isOpen(field: string): boolean {
    return concerns(field, about) && !found.some((each) => concerns(each.field, field));
  }
}

const concerns = (field: string, about: string | undefined) =>
  about === undefined || field === about || field.startsWith(`${about}.`);

function parsed(
  blueprint: AnyBlueprint,
  given: unknown,
): { answers?: Record<string, unknown>; problems: Problem[] } {
  try {
    return { answers: blueprint.questions.parse(given), problems: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { field = "answers", what, problems } = error;
    return { problems: problems.length > 0 ? [...problems] : [{ field, what }] };
  }
}

async function takenSlug({ journal, byHand }: Trial, slug: string): Promise<Problem[]> {
  if (slugProblem(slug) !== undefined) return [];
  const there = await journal.find(slug);
  if (there === undefined)
    return (await byHand(slug))
      ? [{ field: "slug", what: "is taken, registered by hand: choose another one" }]
      : [];
  const why = there.state === "removed" ? "is taken by an instance that was removed" : "is taken";
  return [{ field: "slug", what: `${why}: choose another one` }];
}

async function unofferedRegion(trial: Trial, region: string): Promise<Problem[]> {
  const offered = await trial.regions();
  if (offered.includes(region)) return [];
  const nearest = trial.nearestRegion(region, offered);
  const instead = nearest === undefined ? "" : `; the nearest that is offered is ${nearest}`;
  return [{ field: "region", what: `"${region}" is not offered by Supabase now${instead}` }];
}
