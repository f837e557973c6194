import type { BaseAnswers, Kind } from "./kind.ts";

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
