import { Secret } from "@atoll/core/secret";

const isSecret = (value: unknown) =>
  value instanceof Secret || (typeof value === "object" && value !== null && "$secret" in value);

/** The same without secrets, at any depth: neither handles nor the rows that point at them. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((each) => !isSecret(each)).map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const open = Object.entries(value).filter(([, each]) => !isSecret(each));
  return Object.fromEntries(open.map(([name, each]) => [name, withoutSecrets(each)]));
}

/** `instances/SLUG.json`: what `atoll new --from` reads, without anything secret. */
export function answersFile(blueprint: string, answers: unknown): string {
  const open = withoutSecrets(answers) as object; // answers are an object of fields
  return `${JSON.stringify({ $schema: "./instance-schema.json", blueprint, ...open }, null, 2)}\n`;
}
