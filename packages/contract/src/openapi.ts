import { OpenAPIHono } from "@hono/zod-openapi";
import { resolveRoute } from "./routes/hosts.ts";
import { routes } from "./routes.ts";

/** The OpenAPI 3.1 document of all routes, as committed in `openapi.json`. */
export function openApiDocument(): object {
  const app = new OpenAPIHono();
  for (const [operationId, { config }] of Object.entries({ ...routes, resolve: resolveRoute }))
    app.openAPIRegistry.registerPath({ ...config, operationId });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "atoll.session_token",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "key", { type: "http", scheme: "bearer" });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Atoll",
      version: "0.1.0",
      description:
        "The hub: requests, instances, runs. Errors are problem details (RFC 9457) with what to do next.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
  });
}
