import { randomBytes, randomUUID } from "node:crypto";
import type { CloudContext } from "../kit/context.ts";
import type { Collection } from "../kit/store.ts";
import type { WorkflowBody } from "./schemas.ts";

/** A tag; its name is taken once. */
export interface Tag {
  id: string;
  name: string;
  createdAt: string;
}

/** A workflow as it is stored. */
export interface Workflow extends WorkflowBody {
  id: string;
  active: boolean;
  isArchived: boolean;
  versionId: string;
  /** How many versions there have been. */
  versionCounter: number;
  tagIds: string[];
  createdAt: string;
  updatedAt: string;
}

/** A credential as it is stored. */
export interface Credential {
  id: string;
  name: string;
  type: string;
  /** Kept and never shown, as n8n does. */
  data: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
}

/** A call of a published webhook. */
export interface Execution {
  id: number;
  workflowId: string;
  mode: "webhook";
  startedAt: string;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** An id of the kind that n8n gives. */
export const newId = () => [...randomBytes(16)].map((byte) => alphabet[byte % alphabet.length]).join("");

/** What the routes of the n8n emulator share. */
export interface World {
  workflows: Collection<Workflow>;
  credentials: Collection<Credential>;
  tags: Collection<Tag>;
  executions: Collection<Execution>;
  /** The cloud's time as n8n writes it. */
  now(): string;
}

/** Opens what the emulator kept. */
export function openWorld({ store, clock }: CloudContext): World {
  return {
    workflows: store.collection("n8n.workflows"),
    credentials: store.collection("n8n.credentials"),
    tags: store.collection("n8n.tags"),
    executions: store.collection("n8n.executions"),
    now: () => new Date(clock.now()).toISOString(),
  };
}

/** Stores a new workflow: not published, without tags. */
export function addWorkflow(world: World, definition: WorkflowBody): Workflow {
  const at = world.now();
  const workflow: Workflow = {
    ...definition,
    id: newId(),
    active: false,
    isArchived: false,
    versionId: randomUUID(),
    versionCounter: 1,
    tagIds: [],
    createdAt: at,
    updatedAt: at,
  };
  return world.workflows.set(workflow.id, workflow);
}
