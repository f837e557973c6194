import { Fault } from "@atoll/core/fault";

/** The one of this name. Throws the fault that there is none, with those that there are. */
export function blueprintNamed<Kind extends { name: string }>(all: readonly Kind[], name: string): Kind {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new Fault("rejected", {
    what: `There is no blueprint "${name}".`,
    next: `Use one of: ${all.map((each) => each.name).join(", ")}.`,
    field: "blueprint",
  });
}
