import { type Blueprint, type ModuleName, parseClientConfig } from "../lib/client-config";

export const blueprints: readonly Blueprint[] = ["business", "shop", "agency", "community"];

/** Every module of every blueprint, as a file that switches on whatever it is asked for gives them. */
export function everyModule(): [Blueprint, ModuleName][] {
  const everything = new Proxy({}, { get: () => true });
  return blueprints.flatMap((blueprint) =>
    parseClientConfig({ blueprint, modules: everything }).modules.map((name): [Blueprint, ModuleName] => [
      blueprint,
      name,
    ]),
  );
}
