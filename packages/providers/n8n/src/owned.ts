import type { Http } from "@atoll/provider-kit/http";
import type { Owned, OwnedThing } from "@atoll/provider-kit/owned";
import { instanceInName } from "./credential.ts";
import { markIn, type WorkflowNode } from "./definition.ts";
import { all, instanceInTag, tagOf } from "./tag.ts";

interface WorkflowBody {
  id: string;
  name: string;
  nodes: WorkflowNode[];
  tags?: { name: string }[];
  createdAt?: string;
}

interface CredentialBody {
  id: string;
  name: string;
  createdAt?: string;
}

const created = ({ createdAt }: { createdAt?: string }) =>
  createdAt === undefined ? {} : { createdAt: new Date(createdAt) };

/** Workflows that carry an instance's mark: the note says the whole id, the tag its beginning. */
export function ownedWorkflows(api: Http): Owned {
  const shown = (body: WorkflowBody): OwnedThing => {
    const noted = markIn(body.nodes);
    const tagged = body.tags?.map(({ name }) => instanceInTag(name)).find((each) => each !== undefined);
    const instance = noted ?? tagged;
    return {
      id: `${body.id}/${instance === undefined ? "" : tagOf(instance)}`,
      name: body.name,
      ...(instance !== undefined && { instance }),
      ...(noted === undefined && tagged !== undefined && { isBeginning: true as const }),
      ...created(body),
    };
  };

  return {
    kind: "n8n.workflow",
    provider: "n8n",
    async list() {
      const bodies = await all<WorkflowBody>(api, "/workflows", { excludePinnedData: "true" });
      return bodies.map(shown).filter(({ instance }) => instance !== undefined);
    },
    async look(id) {
      const [workflowId = ""] = id.split("/");
      const body = await api.getOrGone<WorkflowBody>("/workflows/{workflowId}", { params: { workflowId } });
      return body && shown(body);
    },
  };
}

/** Credentials whose name carries an instance's mark. */
export function ownedCredentials(api: Http): Owned {
  const shown = (body: CredentialBody): OwnedThing => {
    const instance = instanceInName(body.name);
    return { id: body.id, name: body.name, ...(instance !== undefined && { instance }), ...created(body) };
  };

  return {
    kind: "n8n.credential",
    provider: "n8n",
    async list() {
      const bodies = await all<CredentialBody>(api, "/credentials");
      return bodies.map(shown).filter(({ instance }) => instance !== undefined);
    },
    async look(id) {
      const body = await api.getOrGone<CredentialBody>("/credentials/{credentialId}", {
        params: { credentialId: id },
      });
      return body && shown(body);
    },
  };
}
