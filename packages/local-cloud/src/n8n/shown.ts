import type { Credential, Tag, Workflow, World } from "./world.ts";

/** A tag as n8n shows it. */
export const shownTag = (tag: Tag) => ({
  id: tag.id,
  name: tag.name,
  createdAt: tag.createdAt,
  updatedAt: tag.createdAt,
});
/** What is live: a change of a published workflow publishes it again, so this is what is stored. */
const shownVersion = (workflow: Omit<Workflow, "tagIds">) => ({
  versionId: workflow.versionId,
  workflowId: workflow.id,
  nodes: workflow.nodes,
  connections: workflow.connections,
  nodeGroups: workflow.nodeGroups ?? [],
  authors: "Atoll",
  name: null,
  description: null,
  autosaved: false,
  createdAt: workflow.updatedAt,
  updatedAt: workflow.updatedAt,
  workflowPublishHistory: [],
});
/** A workflow as n8n shows it, with its tags. */
export function shownWorkflow(world: World, { tagIds, projectId, parentFolderId, ...workflow }: Workflow) {
  const own = tagIds.map((id) => world.tags.get(id)).filter((tag) => tag !== undefined);
  return {
    ...workflow,
    description: null,
    sourceWorkflowId: null,
    nodeGroups: workflow.nodeGroups ?? [],
    staticData: workflow.staticData ?? null,
    meta: null,
    shared: [],
    parentFolder: null,
    activeVersionId: workflow.active ? workflow.versionId : null,
    activeVersion: workflow.active ? shownVersion(workflow) : null,
    triggerCount: workflow.active ? 1 : 0,
    tags: own.map(shownTag),
  };
}

/** A credential as n8n shows it: never what it holds. */
export const shownCredential = ({ data: _, ...credential }: Credential) => ({
  ...credential,
  isManaged: false,
  isGlobal: false,
  isResolvable: false,
  resolverId: null,
  resolvableAllowFallback: false,
  usageScope: "project",
});
