import { Fault } from "@atoll/core/fault";
import type { Desk } from "../desk.ts";
import { withNamed } from "./named.ts";

/**
 * The whole answers that a command means: of an instance named by its slug, those it has, with what was given
 * laid over them. Undefined = it is there, and nothing new was said about it.
 */
export async function wantedOf(
  desk: Desk,
  { slug, blueprint }: { slug?: string; blueprint: string },
  given: Record<string, unknown> | undefined,
): Promise<Record<string, unknown> | undefined> {
  const known = slug === undefined ? undefined : await desk.journal.find(slug);
  const says = given !== undefined && Object.keys(given).some((key) => key !== "slug");
  if (known !== undefined)
    return says
      ? { ...Object(known.answers), ...(await withVariables(desk, known.blueprint, { ...given })) }
      : undefined;
  if (says || slug === undefined) return given && withVariables(desk, blueprint, given);
  throw new Fault("rejected", {
    what: `There is no instance "${slug}" yet, and nothing says what it should be.`,
    next: `Say it with flags (\`atoll up ${slug} --name "Toko A" --admin-email owner@example.com\`) or with \`--file client.yaml\`.`,
    field: "name",
  });
}

/** Answers of a file with the variables that it names, as the questions of this kind allow. */
export async function withVariables(
  desk: Pick<Desk, "blueprints">,
  kind: string,
  answers: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const kinds = await desk.blueprints();
  return withNamed(answers, kinds.find(({ name }) => name === kind)?.questions);
}
