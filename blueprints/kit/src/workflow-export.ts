/** Where the workflow of a step stands in an instance's folder of the operations repository. */
export const workflowPath = (step: string): string => `workflows/${step.replace(/-workflow$/, "")}.json`;

/** A workflow's definition as a file: the same one is the same file, in whichever order its keys came. */
export const workflowText = (definition: object): string =>
  `${JSON.stringify(sorted(definition), null, 2)}\n`;

/** The journal keeps an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
