import type { Change } from "@atoll/core/change";

/** A node as n8n stores it; only what we read is named. */
export interface WorkflowNode {
  id?: string;
  name?: string;
  type?: string;
  typeVersion?: number;
  position?: number[];
  parameters?: Record<string, unknown>;
  credentials?: Record<string, { id?: string | null; name: string }>;
  [key: string]: unknown;
}

/** What makes a workflow: the part of n8n's export that its API lets us write. */
export interface WorkflowDefinition {
  name: string;
  nodes: WorkflowNode[];
  connections: Record<string, unknown>;
  settings: Record<string, unknown>;
}

// What n8n's API takes as settings; older exports hold more and would be refused as a whole.
const writableSettings = new Set([
  "saveExecutionProgress",
  "saveManualExecutions",
  "saveDataErrorExecution",
  "saveDataSuccessExecution",
  "executionTimeout",
  "errorWorkflow",
  "timezone",
  "executionOrder",
  "callerPolicy",
  "callerIds",
  "timeSavedMode",
  "timeSavedPerExecution",
  "redactionPolicy",
  "availableInMCP",
  "customTelemetryTags",
  "credentialResolverId",
  "binaryMode",
]);

const noteType = "n8n-nodes-base.stickyNote";
const noteName = "Atoll";
const isNote = (node: WorkflowNode) => node.type === noteType && node.name === noteName;

/**
 * The definition with a sticky note that carries the mark. Tags cannot be set by the call that creates a
 * workflow, nodes can: from its first moment on a workflow says whose it is.
 */
export function marked(definition: WorkflowDefinition, mark: string): WorkflowDefinition {
  const { name, nodes, connections, settings } = definition;
  const note: WorkflowNode = {
    id: mark,
    name: noteName,
    type: noteType,
    typeVersion: 1,
    position: [-400, -240],
    parameters: { content: `Made and kept up by Atoll.\nChanges made here are taken back.\n\n${mark}` },
  };
  return {
    name,
    nodes: [...nodes.filter((node) => !isNote(node)), note],
    connections,
    settings: Object.fromEntries(Object.entries(settings).filter(([key]) => writableSettings.has(key))),
  };
}

/** True when the workflow holds our sticky note with this mark. */
export function carries(nodes: readonly WorkflowNode[], mark: string): boolean {
  return nodes.some((node) => isNote(node) && String(node.parameters?.content ?? "").endsWith(mark));
}

/** Id of the instance that the workflow's sticky note names; undefined where there is no such note. */
export function markIn(nodes: readonly WorkflowNode[]): string | undefined {
  const noted = nodes.find(isNote)?.parameters?.content;
  return /(?:^|\n)atoll-([a-z0-9]{20})\/.*$/.exec(String(noted ?? ""))?.[1];
}

/** Paths of the workflow's webhooks, under which the outside world calls it. */
export function webhookPaths(nodes: readonly WorkflowNode[]): string[] {
  return nodes
    .filter((node) => node.type === "n8n-nodes-base.webhook")
    .map((node) => node.parameters?.path)
    .filter((path) => typeof path === "string");
}

const printed = (value: unknown) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined || text.length <= 120 ? text : `${text.slice(0, 117)}...`;
};

/** Equal in all that `want` names: n8n adds keys of its own (defaults, ids) at every level. */
function covers(live: unknown, want: unknown): boolean {
  if (Array.isArray(want))
    return (
      Array.isArray(live) &&
      live.length === want.length &&
      want.every((each, index) => covers(live[index], each))
    );
  if (typeof want !== "object" || want === null) return live === want;
  if (typeof live !== "object" || live === null) return false;
  const there = live as Record<string, unknown>; // keys of `want` may be missing in `live`
  return Object.entries(want).every(([key, value]) => value === undefined || covers(there[key], value));
}

/** Of a credential only the id counts: its name changes with its data. */
function comparable(node: WorkflowNode): WorkflowNode {
  const { credentials, ...rest } = node;
  if (!credentials) return rest;
  const ids = Object.entries(credentials).map(([type, { id, name }]) => [
    type,
    { id, name: id ? undefined : name },
  ]);
  return { ...rest, credentials: Object.fromEntries(ids) };
}

/** How a live definition differs from the wanted one, node by node, key by key. */
export function definitionChanges(want: WorkflowDefinition, live: WorkflowDefinition): Change[] {
  const changes: Change[] = [];
  const note = (path: string, from: unknown, to: unknown) =>
    changes.push({
      path,
      act: from === undefined ? "create" : to === undefined ? "remove" : "update",
      ...(from !== undefined && { from: printed(from) }),
      ...(to !== undefined && { to: printed(to) }),
    });
  if (want.name !== live.name) note("name", live.name, want.name);
  const nodes = new Map(
    live.nodes.filter((node) => !isNote(node)).map((node) => [node.name, comparable(node)]),
  );
  for (const node of want.nodes.filter((each) => !isNote(each)).map(comparable)) {
    const there = nodes.get(node.name);
    nodes.delete(node.name);
    if (!there) note(`nodes.${node.name}`, undefined, node.type);
    else
      for (const [key, value] of Object.entries(node))
        if (value !== undefined && !covers(there[key], value))
          note(`nodes.${node.name}.${key}`, there[key], value);
  }
  for (const node of nodes.values()) note(`nodes.${node.name}`, node.type, undefined);
  for (const from of new Set([...Object.keys(want.connections), ...Object.keys(live.connections)]))
    if (!same(want.connections[from], live.connections[from]))
      note(`connections.${from}`, live.connections[from], want.connections[from]);
  for (const [key, value] of Object.entries(want.settings))
    if (writableSettings.has(key) && !covers(live.settings[key], value))
      note(`settings.${key}`, live.settings[key], value);
  return changes;
}

const same = (a: unknown, b: unknown) => covers(a ?? {}, b ?? {}) && covers(b ?? {}, a ?? {});
