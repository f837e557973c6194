import { existsSync } from "node:fs";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { connect } from "@atoll/hub/accounts";
import { loadBlueprint, outsideBlueprints } from "@atoll/hub/blueprints/load";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";
import { readAnswers } from "./answers.ts";

/** A blueprint on a local cloud, and an imagined client's answers to its questions. */
export interface Built {
  blueprint: AnyBlueprint;
  sample(slug: string): Record<string, unknown>;
}

const plain = (slug: string) => ({ name: `Client ${slug}`, slug, adminEmail: `owner@${slug}.example` });

/**
 * Reads the blueprint that is meant, a folder's or one by name, and the file of answers. What it gives builds the
 * blueprint on the accounts of a local cloud. Throws a fault that names the field.
 */
export async function readBlueprint(
  what: string,
  { env, answers }: { env: NodeJS.ProcessEnv; answers?: string | undefined },
): Promise<(cloud: LocalCloud) => Promise<Built>> {
  const given = answers === undefined ? undefined : readAnswers(answers);
  const outside = existsSync(what) ? [await loadBlueprint(what)] : await outsideBlueprints(env);
  return async (cloud) => {
    // The rehearsal's cloud and nothing else, whichever tokens the environment has.
    const { blueprints } = connect(await providerSettings({}, async () => cloud), {}, outside);
    const blueprint = existsSync(what) ? blueprints.at(-1) : blueprints.find(({ name }) => name === what);
    if (blueprint === undefined)
      throw new Fault("rejected", {
        what: `There is no blueprint "${what}", and no such folder.`,
        next: `Name a folder, or one of: ${blueprints.map(({ name }) => name).join(", ")}.`,
        field: "blueprint",
      });
    // Those from outside stand last, in their order.
    const own = outside[blueprints.indexOf(blueprint) - (blueprints.length - outside.length)]?.sample;
    const sample = given === undefined ? (own ?? plain) : (slug: string) => ({ ...given, slug });
    try {
      blueprint.questions.parse(sample("rehearsal"));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault("rejected", {
        what: `An imagined client's answers are refused: ${error.what}`,
        next: "Export `sample = (slug) => ({ … })` from blueprint.ts, or give a file of answers by --answers.",
        field: error.field ?? "answers",
      });
    }
    return { blueprint, sample };
  };
}
