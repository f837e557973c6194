import { readFileSync } from "node:fs";
import type { WorkflowDefinition, WorkflowNode } from "@atoll/n8n/definition";
import type { WorkflowIn } from "@atoll/n8n/workflow";

/** What a workflow of one instance is filled with. Nothing here may be a client's own words: n8n runs what starts with "=". */
export interface WorkflowPlaces {
  slug: string;
  supabaseUrl: string;
  /** Start of the instance's webhook paths: unguessable, since whoever knows it may call them. */
  webhookPath: string;
  /** Address under which n8n answers webhooks, without a slash at the end. */
  webhookUrl: string;
  mail: { apiUrl: string; from: string };
  social: { apiUrl: string };
  /** Root of an API that speaks as OpenAI's does: "https://api.openai.com/v1". */
  bot: { apiUrl: string };
  /** By n8n's credential type. A workflow that lacks one is made, but not published. */
  credentials: Record<string, { id: string; name: string } | undefined>;
}

function textsOf(places: WorkflowPlaces): [placeholder: string, text: string][] {
  return [
    ["atoll:supabase-url", places.supabaseUrl],
    ["atoll:webhook-path", places.webhookPath],
    ["atoll:webhook-url", `${places.webhookUrl}/${places.webhookPath}`],
    ["atoll:slug-filter", `eq.${places.slug}`],
    ["atoll:mail-from", places.mail.from],
    ["atoll:mail-api", places.mail.apiUrl],
    ["atoll:social-api", places.social.apiUrl],
    ["atoll:bot-api", places.bot.apiUrl],
  ];
}

/** Fills placeholders at the start of texts. Expressions ("=...") are code and are left as they are. */
function filled(value: unknown, texts: readonly [string, string][]): unknown {
  if (typeof value === "string") {
    const [placeholder, text] = texts.find(([start]) => value.startsWith(start)) ?? [];
    if (placeholder === undefined || text === undefined) return value;
    if (text.startsWith("=") || text.includes("{{"))
      throw new Error(`The value for ${placeholder} would be run as code by n8n.`);
    return text + value.slice(placeholder.length);
  }
  if (Array.isArray(value)) return value.map((each) => filled(each, texts));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, texts)]));
}

/** A node with the instance's credentials, without those that it does not have. */
function withCredentials(node: WorkflowNode, places: WorkflowPlaces): WorkflowNode {
  const { credentials, ...rest } = node;
  const found = Object.keys(credentials ?? {}).flatMap((type) => {
    const credential = places.credentials[type];
    return credential ? [[type, credential] as const] : [];
  });
  return found.length === 0 ? rest : { ...rest, credentials: Object.fromEntries(found) };
}

/** A module's workflow for one instance, out of its file. */
export function workflowFrom(file: URL, places: WorkflowPlaces): WorkflowIn {
  // Our own file, in the shape of n8n's export.
  const template = JSON.parse(readFileSync(file, "utf8")) as WorkflowDefinition;
  const texts = textsOf(places);
  const needed = template.nodes.flatMap((node) => Object.keys(node.credentials ?? {}));
  const nodes = template.nodes.map((node) => ({
    ...withCredentials(node, places),
    parameters: filled(node.parameters, texts) as WorkflowNode["parameters"], // the same shape, texts replaced
    ...(typeof node.webhookId === "string" && { webhookId: filled(node.webhookId, texts) }),
  }));
  return {
    workflow: { ...template, nodes },
    active: needed.every((type) => places.credentials[type] !== undefined),
  };
}
