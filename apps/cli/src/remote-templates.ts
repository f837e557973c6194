import type { Client } from "@atoll/contract/client";
import type { Desk } from "./desk.ts";

/** Newer versions of the template by a running hub's API. Who does it is what the API key says. */
export function remoteTemplates(call: Client["call"]): Desk["templates"] {
  const params = (id: string) => ({ params: { id } });
  return {
    plan: (body) => call("planTemplateUpdate", { body }),
    start: (body) => call("startTemplateUpdate", { body }),
    list: (query) => call("listTemplateUpdates", { query }),
    show: (id) => call("showTemplateUpdate", params(id)),
    targets: (id, query) => call("listTemplateTargets", { ...params(id), query }),
    pause: (id) => call("pauseTemplateUpdate", params(id)),
    resume: (id) => call("resumeTemplateUpdate", params(id)),
    approve: (id) => call("approveTemplateUpdate", params(id)),
    stop: (id) => call("stopTemplateUpdate", params(id)),
  };
}
