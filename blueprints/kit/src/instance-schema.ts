/** One kind of instance as it is asked for: its name and the JSON Schema of its answers. */
export interface AskedKind {
  name: string;
  questions: object;
}

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A secret may be named instead of written down: then the file can lie in a repository. */
const fromEnvironment = {
  type: "object",
  description:
    "Name of the environment variable that holds it, so that the file holds no secret. It begins with BRING_.",
  properties: { env: { type: "string", pattern: "^BRING_[A-Za-z0-9_]{1,94}$" } },
  required: ["env"],
  additionalProperties: false,
};

function withNamedSecrets(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNamedSecrets);
  if (!isObject(schema)) return schema;
  if (schema.writeOnly === true) {
    const { description, ...rest } = schema;
    return { description, anyOf: [rest, fromEnvironment] };
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNamedSecrets(value)]));
}

/** The published JSON Schema (2020-12) of a file that describes one instance: `atoll new --from FILE`. */
export function instanceSchema(kinds: readonly AskedKind[]): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:atoll:instance-schema",
    title: "One instance",
    description: "What a client's own application is to be: `atoll new --from FILE` makes it.",
    type: "object",
    properties: {
      blueprint: {
        description: "What kind of application it is.",
        enum: kinds.map(({ name }) => name),
      },
    },
    required: ["blueprint"],
    oneOf: kinds.map(({ name, questions }) => {
      const { $schema: _, properties, required, ...rest }: Loose = { ...questions };
      return {
        title: name,
        ...rest,
        properties: {
          $schema: { type: "string", description: "Where this schema is, so that an editor helps." },
          blueprint: { const: name },
          ...(isObject(properties) && (withNamedSecrets(properties) as Loose)), // an object stays one
        },
        required: ["blueprint", ...(Array.isArray(required) ? required : [])],
      };
    }),
  };
}
