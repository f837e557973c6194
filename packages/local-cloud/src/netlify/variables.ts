import { z } from "zod";
import { newId, type OwnContext, ownContexts, scopes } from "./facts.ts";
import type { Site, Value, Variable } from "./world.ts";

const context = z.enum(["all", "branch", ...ownContexts]);

/** One value, as the body of `PATCH .../env/{key}` and in the list of a variable. */
export const newValue = z.object({
  context,
  context_parameter: z.string().optional(),
  value: z.string(),
});
type NewValue = z.infer<typeof newValue>;

/** A variable as it is created, and as it is put. */
export const newVariable = z.object({
  key: z.string(),
  values: z.array(newValue).min(1),
  scopes: z.array(z.enum(scopes)).optional(),
  is_secret: z.boolean().default(false),
});
export type NewVariable = z.infer<typeof newVariable>;

/** What is wrong with a variable by itself. */
export function invalid({ key, values, scopes: given, is_secret }: NewVariable): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) || key.length > 256)
    return "key must start with a letter or underscore, and can only contain letters, digits and underscores";
  if (is_secret && (given === undefined || given.includes("post-processing")))
    return "secret values cannot be used in the post-processing scope";
  const places = values.map((each) => `${each.context} ${each.context_parameter ?? ""}`);
  if (new Set(places).size < places.length) return "values: a context can have one value only";
  if (values.some(({ context }) => context === "all") && values.some((each) => isOwn(each.context)))
    return "values: `all` cannot stand beside values of single contexts";
  for (const each of values) {
    const wrong = invalidValue(each, is_secret);
    if (wrong) return wrong;
  }
  return undefined;
}

/** What is wrong with one value. */
export function invalidValue({ context, context_parameter, value }: NewValue, secret: boolean) {
  if (context === "branch" && !context_parameter) return "context_parameter is required for `branch`";
  if (secret && (context === "all" || context === "dev") && value !== "")
    return "secret values need contexts other than `all` and `dev`";
  return undefined;
}

const isOwn = (name: NewValue["context"]): name is OwnContext => ownContexts.some((each) => each === name);

const withId = ({ context_parameter, ...more }: NewValue): Value => ({
  id: newId("other"),
  ...more,
  ...(context_parameter !== undefined && { context_parameter }),
});

/** A valid variable as it is kept. */
export function made({ key, values, scopes: given, is_secret }: NewVariable, now: number): Variable {
  return { key, values: values.map(withId), scopes: given ?? [...scopes], secret: is_secret, updatedAt: now };
}

/** Sets one value of a variable; what held everywhere holds in all other contexts from then on. */
export function setValue(variable: Variable, given: NewValue, now: number): void {
  const { context, context_parameter } = given;
  const split = ({ value, context: at }: Value): Value[] =>
    at === "all" && isOwn(context) ? ownContexts.map((each) => withId({ context: each, value })) : [];
  const others = variable.values.flatMap((each) => {
    const parts = split(each);
    return parts.length > 0 ? parts : [each];
  });
  const stays = (each: Value) =>
    context === "all"
      ? each.context === "branch"
      : each.context !== context || each.context_parameter !== context_parameter;
  variable.values = [...others.filter(stays), withId(given)];
  variable.updatedAt = now;
}

/** The values that a production deploy of a branch gets, as they are now. */
export function valuesFor(
  site: Site,
  branch: string,
  context: OwnContext = "production",
): Record<string, string> {
  return Object.fromEntries(
    site.variables.flatMap(({ key, values }) => {
      const found =
        values.find((each) => each.context === "branch" && each.context_parameter === branch) ??
        values.find((each) => each.context === context || each.context === "all");
      return found ? [[key, found.value]] : [];
    }),
  );
}
