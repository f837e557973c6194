import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

type Json = Record<string, unknown>;

/** One call as it went over the wire. */
export interface Exchange {
  method: string;
  /** Below the API's base address: "/repos/atoll/ops-hub". */
  path: string;
  query: URLSearchParams;
  /** JSON as sent; undefined when nothing or something else was sent. */
  sent?: unknown;
  status: number;
  /** JSON as answered. */
  answered?: unknown;
}

/** A provider's official API description, against which calls are held. */
export interface Description {
  /** How a call differs from it, each beginning with the operation and the place; empty = as described. */
  differences(exchange: Exchange): string[];
}

const folder = fileURLToPath(new URL("../../../shared/specs/", import.meta.url));
const methods = new Set(["get", "post", "put", "patch", "delete"]);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names of what the other side alone may say: `readOnly` in a request, `writeOnly` in an answer. */
function silent(properties: Json, mark: string): string[] {
  return Object.keys(properties).filter(
    (name) => isObject(properties[name]) && properties[name][mark] === true,
  );
}

/** The same as JSON Schema: OpenAPI 3.0's null and bounds, and what is not said in this direction. */
function converted(node: unknown, mark: "readOnly" | "writeOnly"): unknown {
  if (Array.isArray(node)) return node.map((each) => converted(each, mark));
  if (!isObject(node)) return node;
  const { nullable, "x-nullable": swaggerNullable, oneOf, ...schema } = node;
  // These unions are written by programs: that a value fits two members at once is no difference.
  if (Array.isArray(oneOf)) schema.anyOf = oneOf;
  if (isObject(schema.properties)) {
    const gone = silent(schema.properties, mark);
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties).filter(([name]) => !gone.includes(name)),
    );
    if (Array.isArray(schema.required))
      schema.required = schema.required.filter((name) => !gone.includes(name));
  }
  for (const [bound, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof schema[bound] !== "boolean") continue;
    const exclusive = schema[bound];
    delete schema[bound];
    if (exclusive) {
      schema[bound] = schema[limit];
      delete schema[limit];
    }
  }
  const done = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, converted(value, mark)]),
  );
  // A property may itself be named "nullable": then it is an object, not a mark.
  const kept = isObject(nullable) ? { ...done, nullable: converted(nullable, mark) } : done;
  return nullable === true || swaggerNullable === true ? { anyOf: [{ type: "null" }, kept] } : kept;
}

/** "/repos/{owner}/{repo}" as a pattern; the path of a file and the name of a git ref may hold slashes. */
function patternOf(template: string): RegExp {
  const parts = template.split("/").map((part, index, all) => {
    if (!part.startsWith("{")) return part.replaceAll(".", "\\.");
    const long = part.endsWith("path}") || (part === "{ref}" && template.includes("/git/"));
    return long && index === all.length - 1 ? ".+" : "[^/]+";
  });
  return new RegExp(`^${parts.join("/")}/?$`);
}

const escaped = (part: string) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
const isJson = (type: string) => /^application\/([\w.+-]*\+)?json/.test(type);

/** Opens a description by its file's name; undefined where the folder with them is missing. */
export function openDescription(file: string): Description | undefined {
  if (!existsSync(folder + file)) return undefined;
  const spec = JSON.parse(readFileSync(folder + file, "utf8")) as Json & { paths: Record<string, Json> }; // OpenAPI
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    validateSchema: false,
    logger: false,
    verbose: true,
  });
  const lenient = new Ajv({ strict: false, coerceTypes: "array", validateSchema: false, logger: false });
  for (const each of [ajv, lenient]) formats.default(each);
  for (const each of [ajv, lenient]) each.addSchema(converted(spec, "readOnly") as Json, "request");
  ajv.addSchema(converted(spec, "writeOnly") as Json, "answer");
  const compiled = new Map<string, ValidateFunction>();
  // Literal paths go before those with names in them.
  const templates = Object.keys(spec.paths)
    .toSorted((a, b) => a.split("{").length - b.split("{").length)
    .map((template) => ({ template, pattern: patternOf(template) }));

  /** Follows `$ref`s; gives the node and where it stands. */
  function stand(at: string[]): { node: Json; at: string[] } | undefined {
    let node: unknown = spec;
    for (const part of at) node = isObject(node) || Array.isArray(node) ? (node as Json)[part] : undefined;
    if (!isObject(node)) return undefined;
    if (typeof node.$ref !== "string") return { node, at };
    const to = node.$ref.slice(2).split("/");
    return stand(to.map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")));
  }

  function validate(direction: "request" | "answer", at: string[], value: unknown): string[] {
    const pointer = `${direction}#/${at.map(escaped).join("/")}`;
    const check = compiled.get(pointer) ?? ajv.compile({ $ref: pointer });
    compiled.set(pointer, check);
    if (check(value)) return [];
    const errors = check.errors ?? [];
    // Of "nothing or a thing", a wrong thing is told by what is wrong with the thing.
    const told = errors.filter(
      ({ keyword, schemaPath, instancePath }) =>
        !schemaPath.endsWith("/anyOf/0/type") &&
        !(keyword === "anyOf" && errors.some((each) => each.instancePath.startsWith(`${instancePath}/`))),
    );
    return told.map(({ instancePath, message, params, data }) => {
      const detail = params.additionalProperty ?? params.allowedValues;
      const shown = isObject(data) || Array.isArray(data) ? "" : ` (is ${JSON.stringify(data)})`;
      return `${instancePath || "/"} ${message}${detail === undefined ? "" : ` ${JSON.stringify(detail)}`}${shown}`;
    });
  }

  /** Where the schema of a JSON body stands, in OpenAPI's or in Swagger's way. */
  function schemaOf(found: { node: Json; at: string[] }): string[] | undefined {
    if (isObject(found.node.schema)) return [...found.at, "schema"];
    const content = isObject(found.node.content) ? found.node.content : {};
    const type = Object.keys(content).find(isJson);
    if (type === undefined || !isObject(content[type]) || content[type].schema === undefined)
      return undefined;
    return [...found.at, "content", type, "schema"];
  }

  function parametersOf(template: string, method: string) {
    return [
      ["paths", template],
      ["paths", template, method],
    ].flatMap((at) => {
      const list = stand(at)?.node.parameters;
      return Array.isArray(list)
        ? list.flatMap((_, index) => stand([...at, "parameters", String(index)]) ?? [])
        : [];
    });
  }

  function queryDifferences(described: ReturnType<typeof parametersOf>, query: URLSearchParams): string[] {
    const known = described.filter(({ node }) => node.in === "query");
    const names = new Set(known.map(({ node }) => String(node.name).replace(/\[\]$/, "")));
    const unknown = [...new Set(query.keys())].filter((name) => !names.has(name));
    const wrong = known.flatMap(({ node, at }) => {
      const name = String(node.name);
      const given = query.getAll(name);
      if (given.length === 0) return node.required === true ? [`?${name} is required`] : [];
      if (!isObject(node.schema)) return [];
      const pointer = `request#/${[...at, "schema"].map(escaped).join("/")}`;
      // Wrapped in an object, because only what lies in one can be coerced.
      const check = lenient.compile({ properties: { value: { $ref: pointer } } });
      if (check({ value: given.length > 1 ? given : given[0] })) return [];
      return (check.errors ?? []).map(({ message }) => `?${name} ${message}`);
    });
    return [...unknown.map((name) => `?${name} is not described`), ...wrong];
  }

  function bodyDifferences(
    operation: { node: Json; at: string[] },
    described: ReturnType<typeof parametersOf>,
    sent: unknown,
  ): string[] {
    const body = operation.node.requestBody
      ? stand([...operation.at, "requestBody"])
      : described.find(({ node }) => node.in === "body");
    if (body === undefined) return sent === undefined ? [] : ["takes no body, and got one"];
    if (sent === undefined) return body.node.required === true && schemaOf(body) ? ["needs a body"] : [];
    const schema = schemaOf(body);
    return schema === undefined ? [] : validate("request", schema, sent);
  }

  return {
    differences({ method, path, query, sent, status, answered }) {
      const verb = method.toLowerCase();
      const found = templates.find(
        ({ template, pattern }) =>
          pattern.test(path) && methods.has(verb) && spec.paths[template]?.[verb] !== undefined,
      );
      if (found === undefined) return [`${method} ${path}: is not described`];
      const name = `${method} ${found.template}`;
      const at = ["paths", found.template, verb];
      const operation = stand(at);
      if (operation === undefined) return [`${name}: is not described`];
      const described = parametersOf(found.template, verb);
      // What a refused call sent is wrong on purpose.
      const asked =
        status >= 400
          ? []
          : [...queryDifferences(described, query), ...bodyDifferences(operation, described, sent)];
      const answer = stand([...at, "responses", String(status)]) ?? stand([...at, "responses", "default"]);
      const schema = answer && schemaOf(answer);
      const told =
        answer === undefined
          ? ["is not described"]
          : schema === undefined
            ? []
            : validate("answer", schema, answered);
      return [
        ...asked.map((each) => `${name}: request ${each}`),
        ...told.map((each) => `${name}: answer ${status} ${each}`),
      ];
    },
  };
}
