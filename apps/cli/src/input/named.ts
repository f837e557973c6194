import { Fault } from "@atoll/core/fault";

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a file may name: a client may have written it, and every other variable is the operator's own. */
const mayBeRead = /^BRING_[A-Za-z0-9_]{1,94}$/;

/** A schema and what it is made of, where it is a choice or a sum of several. */
function partsOf(schema: unknown): Loose[] {
  if (!isObject(schema)) return [];
  const more = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((each) =>
    Array.isArray(each) ? each.flatMap(partsOf) : [],
  );
  return [schema, ...more];
}

const fieldOf = (schemas: readonly Loose[], key: string): Loose[] =>
  schemas.flatMap(({ properties }) =>
    isObject(properties) && Object.hasOwn(properties, key) ? partsOf(properties[key]) : [],
  );

/**
 * The answers of a file, where `{ "env": "BRING_…" }` stands for the value of that variable: a file can lie in a
 * repository and hold no secret. Only a field whose schema says that it is a secret (`writeOnly`) is read so. Throws a
 * fault on the field for one anywhere else, for another variable, and for one that is not set.
 */
export function withNamed(answers: Loose, schema: unknown, env: NodeJS.ProcessEnv = process.env): Loose {
  const fields = (value: Loose, schemas: readonly Loose[], path: string): Loose =>
    Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        read(each, fieldOf(schemas, key), path === "" ? key : `${path}.${key}`),
      ]),
    );

  function read(value: unknown, schemas: readonly Loose[], path: string): unknown {
    if (Array.isArray(value)) {
      const items = schemas.flatMap((each) => partsOf(each.items));
      return value.map((each, index) => read(each, items, `${path}.${index}`));
    }
    if (!isObject(value)) return value;
    const isNamed = typeof value.env === "string" && Object.keys(value).length === 1;
    if (!isNamed) return fields(value, schemas, path);
    return variable(String(value.env), schemas, path);
  }

  function variable(name: string, schemas: readonly Loose[], path: string): string {
    if (!schemas.some(({ writeOnly }) => writeOnly === true))
      throw refused(
        path,
        `"${path}" is no secret, so no variable is read into it.`,
        "Write the answer itself.",
      );
    if (!mayBeRead.test(name))
      throw refused(
        path,
        `The variable that "${path}" names may not be read: a file reads only those that begin with BRING_.`,
        "Put the value into a variable like BRING_SECRET_KEY and name that one.",
      );
    const found = env[name];
    if (found) return found;
    throw refused(
      path,
      `The variable ${name}, which "${path}" is to be read from, is not set.`,
      `Set ${name} in the environment and run it again.`,
    );
  }

  return fields(answers, partsOf(schema), "");
}

const refused = (field: string, what: string, next: string) => new Fault("rejected", { what, next, field });
