import type { TemplatePlans, TemplateWhich } from "@atoll/contract/schemas/deployments";
import { Fault } from "@atoll/core/fault";
import type { InstanceState } from "@atoll/core/states";
import type { Journal } from "@atoll/engine/journal";
import { inPool } from "../schema/pool.ts";
import { reportOf } from "../schema/states.ts";
import type { Store } from "../store/store.ts";
import type { Template } from "./template.ts";
import type { TargetDesk } from "./template-target.ts";

/** What updates of the template work with. */
export interface TemplatePlaces {
  store(): Promise<Store>;
  /** Of an environment; a fault for one that is not there. */
  at(environment: string): {
    template: Template;
    journal: Pick<Journal, "startJob" | "workers">;
    place: TargetDesk["place"];
  };
  /** Whose accounts are at hand, the default first. */
  environments: readonly [string, ...string[]];
}

/** A refusal of what was asked for, with the field that it is about. */
export const refused = (what: string, next: string, field?: string) =>
  new Fault("rejected", { what, next, ...(field !== undefined && { field }) });

const planAtOnce = 4;

interface Candidate {
  id: string;
  slug: string;
  state: InstanceState;
}

/** Chooses instances for newer versions of the template, and says what the newest means for each. */
export function planner({ store, at, environments }: TemplatePlaces) {
  const [byDefault] = environments;

  /** Instances that are meant, oldest first. */
  async function candidates({ slugs, blueprint, environment = byDefault }: TemplateWhich) {
    at(environment);
    let list = (await store())
      .selectFrom("instances")
      .select(["id", "slug", "state"])
      .where("environment", "=", environment)
      .where("state", "not in", ["removed", "removing", "archived"])
      .orderBy("created_at")
      .orderBy("id");
    if (blueprint !== undefined) list = list.where("blueprint", "=", blueprint);
    const all: Candidate[] = await list.execute();
    const missing = slugs?.find((slug) => !all.some((each) => each.slug === slug));
    if (missing !== undefined)
      throw refused(
        `There is no instance "${missing}" in "${environment}" that could be updated.`,
        "`atoll status` lists them all.",
        "slugs",
      );
    return slugs === undefined ? all : all.filter(({ slug }) => slugs.includes(slug));
  }

  /** The template of an environment, and its newest commit. */
  async function newestOf(environment: string): Promise<{ template: Template; commit: string }> {
    const { template } = at(environment);
    const commit = await template.newest();
    if (commit !== undefined) return { template, commit };
    throw refused(`The template ${template.name} holds no commit.`, "Push something to it first.");
  }

  async function plan(which: TemplateWhich): Promise<TemplatePlans> {
    const { environment = byDefault } = which;
    const chosen = await candidates(which);
    const { template, commit } = await newestOf(environment);
    const items = new Map<string, TemplatePlans["items"][number]>();
    await inPool(chosen, planAtOnce, async ({ slug }) => {
      const nothing = {
        instance: slug,
        isCurrent: false,
        taken: [],
        merged: [],
        removed: [],
        kept: [],
        conflicts: [],
      };
      try {
        const { repository, deployments } = await at(environment).place(slug);
        if (repository === undefined)
          throw refused(
            "Its repository was not made from the template.",
            "Bring changes there by hand: it is the client's own.",
          );
        const { base, plan: files } = await template.plan({ repository, commit });
        const { taken, merged, removed, kept, conflicting } = files;
        const isCurrent = base === commit;
        const byHand = whyByHand(conflicting.length, deployments.previewsNeed);
        items.set(slug, {
          ...{ instance: slug, repository, base, isCurrent },
          ...{ taken, merged, removed, kept, conflicts: conflicting },
          ...(byHand !== undefined && !isCurrent && { byHand }),
        });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        items.set(slug, { ...nothing, problem: reportOf(error) });
      }
    });
    const slugs = chosen.map(({ slug }) => slug).toSorted();
    return { template: template.name, commit, items: slugs.flatMap((slug) => items.get(slug) ?? []) };
  }

  return { candidates, newestOf, plan };
}

/** Nothing is merged by itself that conflicts, or that nobody can look at before. */
function whyByHand(conflicts: number, previewsNeed: string | undefined): string | undefined {
  if (conflicts > 0) return "It conflicts with the client's own changes.";
  if (previewsNeed === undefined) return undefined;
  return `Without a preview of its branch it is not merged by itself. ${previewsNeed}`;
}
