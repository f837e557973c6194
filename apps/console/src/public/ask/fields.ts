/** One question as the form shows it. */
export type Field = { name: string; required: boolean; description: string | undefined } & (
  | { kind: "text" | "email" | "slug" }
  | { kind: "choice"; options: string[]; preset: string }
  | { kind: "choices"; options: string[]; preset: string[]; atLeast: number }
);

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null;
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];

function fieldOf(name: string, schema: Loose, required: boolean): Field | undefined {
  const head = {
    name,
    required,
    description: typeof schema.description === "string" ? schema.description : undefined,
  };
  if (schema.type === "array" && isObject(schema.items)) {
    const options = strings(schema.items.enum);
    if (options.length === 0) return undefined;
    const atLeast = typeof schema.minItems === "number" ? schema.minItems : 0;
    return { ...head, kind: "choices", options, preset: strings(schema.default), atLeast };
  }
  if (schema.type !== "string") return undefined;
  const options = strings(schema.enum);
  if (options.length > 0) {
    const preset = typeof schema.default === "string" ? schema.default : "";
    return { ...head, kind: "choice", options, preset };
  }
  if (name === "slug") return { ...head, kind: "slug" };
  // Not every blueprint says "format": where it trims before it checks, the schema shows plain text.
  if (schema.format === "email" || /e-?mail$/i.test(name)) return { ...head, kind: "email" };
  return { ...head, kind: "text" };
}

/** A blueprint's questions (JSON Schema) as fields, in its order. What no field can hold is left to its default. */
export function fieldsOf(questions: object): Field[] {
  const { required: needed, properties: asked }: Loose = { ...questions };
  const required = strings(needed);
  const properties = isObject(asked) ? asked : {};
  return Object.entries(properties).flatMap(([name, schema]) => {
    const field = isObject(schema) ? fieldOf(name, schema, required.includes(name)) : undefined;
    return field === undefined ? [] : [field];
  });
}

/** Which of the fields a problem's dotted path means: "answers.modules.0" is `modules`. */
export function fieldAt(path: string | undefined, fields: readonly Field[]): string | undefined {
  const parts = path?.split(".") ?? [];
  const [first] = parts.filter((part) => part !== "body" && part !== "answers");
  return fields.find(({ name }) => name === first)?.name;
}
