import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> } | undefined>;
}

const folder = fileURLToPath(new URL("../../../../../shared/specs/", import.meta.url));

/** An official API description, against which an emulator's answers are held. */
export interface Spec {
  /** What is wrong with an answer to an operation; empty = as described. */
  problems(operation: string, status: number, body: unknown): string[];
}

/** Opens a description by its file's name; undefined where the folder with them is missing. */
export function openSpec(name: string): Spec | undefined {
  const file = `${folder}${name}`;
  if (!existsSync(file)) return undefined;
  const spec = JSON.parse(readFileSync(file, "utf8")) as {
    paths: Record<string, Record<string, Operation | undefined> | undefined>;
  }; // an OpenAPI document
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(spec, "spec");
  const escaped = (part: string) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));
  const compiled = new Map<string, ValidateFunction>();

  return {
    problems(operation, status, body) {
      const [method = "", path = ""] = operation.split(" ");
      const found = spec.paths[path]?.[method.toLowerCase()];
      if (found === undefined) return [`${operation} is not described`];
      const answer = found.responses[String(status)];
      if (answer === undefined) return [`${operation} has no answer ${status}`];
      if (answer.content?.["application/json"]?.schema === undefined) return [];
      const at = [
        "paths",
        path,
        method.toLowerCase(),
        "responses",
        String(status),
        "content",
        "application/json",
        "schema",
      ];
      const pointer = `spec#/${at.map(escaped).join("/")}`;
      const validate = compiled.get(pointer) ?? ajv.compile({ $ref: pointer });
      compiled.set(pointer, validate);
      return validate(body)
        ? []
        : (validate.errors ?? []).map((each) => `${operation}: ${each.instancePath} ${each.message}`);
    },
  };
}
