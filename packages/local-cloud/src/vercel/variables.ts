import { environmentLimitBytes, newId, type Target, targets } from "./facts.ts";
import type { NewVariable } from "./schemas.ts";
import type { Project, Variable } from "./world.ts";

/** Why a variable was refused. */
export interface VariableError {
  status: 400 | 403;
  code: string;
  message: string;
  key: string;
  envVarKey: string;
}

type Given = Omit<NewVariable, "type"> & { type?: NewVariable["type"] };

export const asList = (target: Target | Target[] | undefined): Target[] =>
  target === undefined ? [] : [...new Set(Array.isArray(target) ? target : [target])];

function problem(key: string, code: string, message: string, status: 400 | 403 = 400): VariableError {
  return { status, code, message, key, envVarKey: key };
}

/** What is wrong with a variable by itself. */
export function invalid({
  key,
  value,
  type,
  target,
  customEnvironmentIds,
}: Given): VariableError | undefined {
  if (key.length > 256 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
    return problem(
      key,
      "ENV_KEY_INVALID_CHARACTERS",
      `The name contains invalid characters. Only letters, digits, and underscores are allowed. Furthermore, the name should not start with a digit.`,
    );
  if (customEnvironmentIds?.length)
    return problem(key, "bad_request", "The local cloud has no custom environments.");
  if (asList(target).length === 0)
    return problem(key, "bad_request", "One of `target` and `customEnvironmentIds` is required.");
  if (type === "secret")
    return problem(key, "bad_request", "Variables of the type `secret` cannot be created any more.");
  if (type === "sensitive" && asList(target).includes("development"))
    return problem(
      key,
      "BAD_REQUEST",
      "You cannot set a Sensitive Environment Variable's target to development.",
    );
  if (Buffer.byteLength(value) > environmentLimitBytes)
    return problem(key, "ENV_VALUE_TOO_LARGE", "The value is too large: 64 KB at most.");
  return undefined;
}

const sameTargets = (a: readonly Target[], b: readonly Target[]) =>
  a.length === b.length && a.every((target) => b.includes(target));

/** Puts a valid variable into the project, or says why it cannot. Changes the project's list in place. */
export function put(
  project: Project,
  given: Given,
  upsert: boolean,
  now: number,
): { variable: Variable } | { error: VariableError } {
  const target = asList(given.target);
  const branch = given.gitBranch ?? undefined;
  const overlapping = project.variables.filter(
    (each) =>
      each.key === given.key &&
      each.gitBranch === branch &&
      each.target.some((each) => target.includes(each)),
  );
  const [there] = overlapping;
  const type = given.type === undefined || given.type === "secret" ? "encrypted" : given.type;
  if (there && !upsert)
    return {
      error: problem(
        given.key,
        "ENV_ALREADY_EXISTS",
        `A variable with the name \`${given.key}\` already exists for the target ${there.target.join(",")} on branch ${branch ?? "undefined"}`,
        403,
      ),
    };
  if (there && !(overlapping.length === 1 && sameTargets(there.target, target)))
    return {
      error: problem(
        given.key,
        "ENV_CONFLICT",
        `Another Environment Variable with the same Name and Environment exists in your project.`,
      ),
    };
  if (there?.type === "sensitive" && type !== "sensitive")
    return {
      error: problem(
        given.key,
        "BAD_REQUEST",
        "You cannot change the type of a Sensitive Environment Variable.",
      ),
    };
  const variable: Variable = {
    id: there?.id ?? newId("env"),
    key: given.key,
    value: given.value,
    type,
    target: targets.filter((each) => target.includes(each)),
    ...(branch !== undefined && { gitBranch: branch }),
    ...(given.comment !== undefined
      ? { comment: given.comment }
      : there?.comment !== undefined && { comment: there.comment }),
    createdAt: there?.createdAt ?? now,
    updatedAt: now,
  };
  project.variables = [...project.variables.filter((each) => each !== there), variable];
  return { variable };
}

/** The values that a deployment gets, as they are now. */
export function valuesFor(project: Project, target: Target, branch?: string): Record<string, string> {
  const holding = project.variables.filter((each) => each.target.includes(target));
  const general = holding.filter((each) => each.gitBranch === undefined);
  const special = holding.filter((each) => each.gitBranch !== undefined && each.gitBranch === branch);
  return Object.fromEntries([...general, ...special].map(({ key, value }) => [key, value]));
}
