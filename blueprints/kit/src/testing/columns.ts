import type { WorkflowDefinition } from "@atoll/n8n/definition";

interface Call {
  url?: string;
  queryParameters?: { parameters: { name: string; value: string }[] };
  jsonBody?: string;
}

const words = new Set(["select", "or", "order", "limit", "offset", "on_conflict"]);

/** "table.column" for each column that a workflow's calls to the Data API filter by, ask for or write. */
export function databaseColumns(workflow: WorkflowDefinition): string[] {
  return workflow.nodes.flatMap((node) => {
    const call = (node.parameters ?? {}) as Call; // parameters of an HTTP node; absent in others
    const [, table] = /\/rest\/v1\/(\w+)$/.exec(call.url ?? "") ?? [];
    if (table === undefined) return [];
    const query = call.queryParameters?.parameters ?? [];
    const filters = query.filter(({ name }) => !words.has(name)).map(({ name }) => name);
    const asked = query.filter(({ name }) => name === "select").flatMap(({ value }) => value.split(","));
    const written = [...(call.jsonBody ?? "").matchAll(/[{,] (\w+): /g)].map(([, name = ""]) => name);
    return [...filters, ...asked, ...written].map((column) => `${table}.${column}`);
  });
}
