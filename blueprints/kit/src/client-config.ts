import type { BaseAnswers, Kind } from "./kind.ts";

/** Where it stands in the client's repository. */
export const clientConfigPath = "client-config.json";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a file at that path is of our making, or the template's first version: nobody else's is written over. */
export function isClientConfig(content: string): boolean {
  try {
    const found: unknown = JSON.parse(content);
    if (!isObject(found) || !isObject(found.client) || !isObject(found.modules)) return false;
    const { id, slug, name } = found.client;
    const isNamed = [id, slug, name].every((each) => typeof each === "string");
    return isNamed && Object.values(found.modules).every((each) => typeof each === "boolean");
  } catch {
    return false;
  }
}

/** `client-config.json`: who the client is and what the application shows. Holds no secret. */
export function clientConfig<A extends BaseAnswers>(kind: Kind<A>, id: string, answers: A): string {
  const { name, slug, modules, locale } = answers;
  const automations = kind.automations[locale];
  const config = {
    blueprint: kind.name,
    client: { id, slug, name },
    modules: Object.fromEntries(kind.modules.map((each) => [each, modules.includes(each)])),
    locale,
    automations: Object.fromEntries(
      kind.modules
        .filter((each) => modules.includes(each) && automations[each] !== undefined)
        .map((each) => [each, automations[each]]),
    ),
    ...(kind.pages && { pages: kind.pages }),
    ...kind.config?.(answers),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
