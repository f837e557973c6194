import type { Change } from "@atoll/core/change";
import { differences } from "@atoll/core/change";
import type { Address, Observed, Resource } from "@atoll/core/resource";
import type { Http } from "@atoll/provider-kit/http";
import { serially } from "@atoll/provider-kit/serially";
import {
  carries,
  definitionChanges,
  marked,
  type WorkflowDefinition,
  type WorkflowNode,
  webhookPaths,
} from "./definition.ts";
import { workflowHalting } from "./halting.ts";
import { conflict, switchTo } from "./publishing.ts";
import { all, ensureTag, findTag, tagOf } from "./tag.ts";

// --- types

/** What a workflow should be. Its name in n8n is the step's name. */
export interface WorkflowIn {
  /** As n8n exports it; what its API does not take is left out. */
  workflow: WorkflowDefinition;
  /** Published: its triggers and webhooks are live. */
  active: boolean;
}

/** What n8n says of a workflow. */
export interface WorkflowAttrs {
  workflowId: string;
  name: string;
  /** The step's name, which is the name it should have. */
  recordedName: string;
  active: boolean;
  archived: boolean;
  webhookPaths: string[];
  /** Where our mark stands. One is proof enough; what is missing is put back. */
  marked: { note: boolean; tag: boolean };
  /** As it can be imported again. Holds ids and names of credentials, never their data. */
  definition: WorkflowDefinition;
}

interface WorkflowBody extends WorkflowDefinition {
  id: string;
  active: boolean;
  isArchived?: boolean;
  tags?: { id: string; name: string }[];
}

/** The mark in the sticky note: names the workflow too, since an instance has several. */
const markOf = (at: Address) => `atoll-${at.instance}/${at.name}`;

/** A workflow, published where wanted. Found by its name; the id is `workflow id/tag`. */
export function workflow(api: Http): Resource<WorkflowIn, WorkflowAttrs> {
  const path = "/workflows/{workflowId}";
  const of = (workflowId: string) => ({ params: { workflowId } });
  const idOf = (workflowId: string, at: Address) => `${workflowId}/${tagOf(at.instance)}`;

  // --- observe

  async function observe(at: Address): Promise<Observed<WorkflowAttrs>> {
    const byId = at.id && (await api.getOrGone<WorkflowBody>(path, of(split(at.id).workflowId)));
    const body = byId || (await findByName(at));
    if (!body) return { is: "absent" };
    const attrs = attrsOf(at, body);
    // n8n never uses an id twice: the one that the journal names is ours even when its marks were deleted.
    const ours = attrs.marked.note || attrs.marked.tag || body === byId;
    return { is: "present", id: idOf(body.id, at), owner: ours ? "us" : "other", attrs };
  }

  /** Ours if there is one, else one that somebody else gave the same name. Names are not unique in n8n. */
  async function findByName(at: Address): Promise<WorkflowBody | undefined> {
    const named = await all<WorkflowBody>(api, "/workflows", { name: at.name, excludePinnedData: "true" });
    const exact = named.filter((each) => each.name === at.name);
    return exact.find((each) => carries(each.nodes, markOf(at))) ?? exact.find((each) => !each.isArchived);
  }

  // --- compare

  function compare(want: WorkflowIn, live: WorkflowAttrs): Change[] {
    return [
      ...definitionChanges({ ...want.workflow, name: live.recordedName }, live.definition),
      ...differences({ active: want.active, archived: false }, live),
      ...differences({ note: true, tag: true }, live.marked, "marked"),
    ];
  }

  // --- apply

  async function tag(id: string, at: Address, others: readonly string[]): Promise<void> {
    await serially(tagOf(at.instance), async () => {
      const ours = await ensureTag(api, tagOf(at.instance));
      await api.put(`${path}/tags`, { ...of(id), body: [...others, ours].map((each) => ({ id: each })) });
    });
  }

  async function update(at: Address, want: WorkflowIn, live: WorkflowAttrs): Promise<void> {
    const id = live.workflowId;
    const paths = compare(want, live).map((change) => change.path);
    if (live.archived) await api.post(`${path}/unarchive`, { ...of(id), safe: true });
    if (!want.active && live.active) await switchTo(api, id, false);
    if (!live.marked.tag) {
      const { tags = [] } = await api.get<WorkflowBody>(path, of(id));
      await tag(
        id,
        at,
        tags.map((each) => each.id),
      );
    }
    if (!live.marked.note || paths.some((each) => /^(name|nodes|connections|settings)/.test(each)))
      try {
        // A full replacement, which publishes the new version where the old one was published. Settings that we
        // never set are somebody's: they go along.
        const settings = { ...live.definition.settings, ...want.workflow.settings };
        const whole = marked({ ...want.workflow, name: at.name, settings }, markOf(at));
        await api.put(path, { ...of(id), body: whole });
      } catch (fault) {
        throw conflict(fault);
      }
    if (want.active && !live.active) await switchTo(api, id, true);
  }

  return {
    kind: "n8n.workflow",
    lostCreate: "find-by-name",
    removal: "own",
    observe,
    compare,

    async apply({ at, want, live }) {
      if (live) {
        await update(at, want, live);
        return idOf(live.workflowId, at);
      }
      // Tag and publishing are left to the next look: a create that fails halfway would pass for one that never was.
      const made = await api.post<WorkflowBody>("/workflows", {
        body: marked({ ...want.workflow, name: at.name }, markOf(at)),
      });
      return idOf(made.id, at);
    },

    // --- remove

    /** The last workflow of an instance takes the tag with it; before, so that a crash leaves no tag behind. */
    async remove(id) {
      const { workflowId, tagName } = split(id);
      await serially(tagName, async () => {
        const tagged = await all<WorkflowBody>(api, "/workflows", {
          tags: tagName,
          excludePinnedData: "true",
        });
        const last = tagged.every((each) => each.id === workflowId);
        const tagId = last ? await findTag(api, tagName) : undefined;
        if (tagId) await api.delete("/tags/{tagId}", { params: { tagId } });
        await api.delete(path, of(workflowId));
      });
    },

    halting: workflowHalting(api),
  };
}

function split(id: string): { workflowId: string; tagName: string } {
  const [workflowId = "", tagName = ""] = id.split("/");
  return { workflowId, tagName };
}

function attrsOf(at: Address, body: WorkflowBody): WorkflowAttrs {
  const { id, name, active, isArchived = false, connections, settings, tags = [] } = body;
  const nodes: WorkflowNode[] = body.nodes;
  return {
    workflowId: id,
    name,
    recordedName: at.name,
    active,
    archived: isArchived,
    webhookPaths: webhookPaths(nodes),
    marked: {
      note: carries(nodes, markOf(at)),
      tag: tags.some((each) => each.name === tagOf(at.instance)),
    },
    definition: { name, nodes, connections, settings: settings ?? {} },
  };
}
