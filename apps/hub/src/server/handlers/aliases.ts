import type { aliasRoutes } from "@atoll/contract/routes/aliases";
import type { Handlers } from "../context.ts";
import { requestHandlers } from "./requests.ts";

const { approveRequest, retryRequest, showRequest } = requestHandlers;

/** The agency system's addresses: each hands over to the route that it is another name of. */
export const aliasHandlers: Handlers<keyof typeof aliasRoutes> = {
  approveOnboarding: ({ body }, call) => approveRequest({ params: { id: body.requestId }, body: {} }, call),
  showOnboarding: ({ query }, call) => showRequest({ params: { id: query.requestId } }, call),
  async provisionOnboarding({ body }, call) {
    const params = { id: body.requestId };
    const now = await showRequest({ params }, call);
    if (now.state === "failed") return retryRequest({ params, body: {} }, call);
    // Under way or done: how it stands is the answer; anything else is refused as an approval would be.
    return approveRequest({ params, body: {} }, call);
  },
};
