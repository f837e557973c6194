import { existsSync, readFileSync } from "node:fs";
import type { AnyBlueprint } from "@atoll/core/blueprint";
import { Fault } from "@atoll/core/fault";
import { connect } from "@atoll/hub/accounts";
import { loadBlueprint, outsideBlueprints } from "@atoll/hub/blueprints/load";
import { type LocalCloud, providerSettings } from "@atoll/hub/settings";

/** A blueprint on a local cloud, and an imagined client's answers to its questions. */
interface Built {
  blueprint: AnyBlueprint;
  sample(slug: string): Record<string, unknown>;
}

const plain = (slug: string) => ({ name: `Client ${slug}`, slug, adminEmail: `owner@${slug}.example` });

/** Answers of a file, which each imagined client gives under a slug of its own. */
function fromFile(file: string): Built["sample"] {
  const {
    $schema: _,
    blueprint: __,
    ...answers
  } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>; // checked as anybody's answers are
  return (slug) => ({ ...answers, slug });
}

/** Builds the blueprint that is meant, a folder's or one by name, on the accounts of a local cloud. */
export async function builtOn(
  cloud: LocalCloud,
  what: string,
  { env, answers }: { env: NodeJS.ProcessEnv; answers?: string | undefined },
): Promise<Built> {
  const outside = existsSync(what) ? [await loadBlueprint(what)] : await outsideBlueprints(env);
  // The rehearsal's cloud and nothing else, whichever tokens the environment has.
  const { blueprints } = connect(await providerSettings({}, async () => cloud), {}, outside);
  const blueprint = existsSync(what) ? blueprints.at(-1) : blueprints.find(({ name }) => name === what);
  if (blueprint === undefined)
    throw new Fault("rejected", {
      what: `There is no blueprint "${what}", and no such folder.`,
      next: `Name a folder, or one of: ${blueprints.map(({ name }) => name).join(", ")}.`,
      field: "blueprint",
    });
  const given = answers === undefined ? outside.at(-1)?.sample : fromFile(answers);
  const sample = given ?? plain;
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
}
