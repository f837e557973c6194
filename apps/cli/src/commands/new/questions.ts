import { Fault } from "@atoll/core/fault";

/** One question of a kind of instance, as a terminal asks it. */
export type Question = { name: string; required: boolean; help: string | undefined } & (
  | { kind: "text" }
  | { kind: "choice"; options: string[]; preset: string | undefined }
  | { kind: "choices"; options: string[]; preset: string[]; atLeast: number }
);

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null;
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

function questionOf(name: string, schema: Loose, required: boolean): Question | undefined {
  const help = typeof schema.description === "string" ? schema.description : undefined;
  const head = { name, required, help };
  if (schema.type === "array" && isObject(schema.items)) {
    const options = texts(schema.items.enum);
    const atLeast = typeof schema.minItems === "number" ? schema.minItems : 0;
    return { ...head, kind: "choices", options, preset: texts(schema.default), atLeast };
  }
  if (schema.type !== "string") return undefined;
  const options = texts(schema.enum);
  if (options.length === 0) return { ...head, kind: "text" };
  return {
    ...head,
    kind: "choice",
    options,
    preset: typeof schema.default === "string" ? schema.default : undefined,
  };
}

/**
 * The questions of a kind from their JSON Schema, in the blueprint's order. What is no text and no choice (things that
 * a client brings) is not among them. Throws a fault where a needed question cannot be asked at a terminal.
 */
export function questionsOf(schema: Loose): Question[] {
  const required = texts(schema.required);
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.entries(properties).flatMap(([name, each]) => {
    const question = isObject(each) ? questionOf(name, each, required.includes(name)) : undefined;
    if (question !== undefined) return [question];
    if (!required.includes(name)) return [];
    throw new Fault("rejected", {
      what: `The question "${name}" cannot be asked at a terminal.`,
      next: "Write the answers into a file and give it with `--from`.",
      field: name,
    });
  });
}

/** True where the kind lets a client bring things of their own. */
export const bringsOf = (schema: Loose): boolean =>
  isObject(schema.properties) && Object.hasOwn(schema.properties, "bring");
