import { z } from "@hono/zod-openapi";
import { binary, route } from "../define.ts";
import { exported, upload } from "../schemas/exports.ts";

const tag = "Exports and imports";
const params = z.object({ id: z.string().max(80) });

/** Exports of instances, and archives that are sent in. Runs of kind `export` and `import` (`startRun`) do the work. */
export const exportRoutes = {
  listExports: route({
    method: "get",
    path: "/api/instances/:slug/exports",
    access: "viewer",
    tag,
    summary: "Exports of an instance, the newest first; those that were removed are not listed",
    params: z.object({ slug: z.string().max(60) }),
    answer: z.object({ items: z.array(exported) }),
  }),
  downloadExport: route({
    method: "get",
    path: "/api/exports/:id/download",
    access: "operator",
    tag,
    summary: "The export as a tar; goes on at `Range: bytes=N-`",
    params,
    answer: binary,
    file: "application/x-tar",
  }),
  removeExport: route({
    method: "delete",
    path: "/api/exports/:id",
    access: "operator",
    tag,
    summary: "Remove an export from the storage",
    params,
  }),
  uploadArchive: route({
    method: "post",
    path: "/api/uploads",
    access: "operator",
    tag,
    summary: "Send in an archive as a tar; it is kept for a day, to be imported into an instance",
    body: binary,
    upload: "application/x-tar",
    answer: upload,
    status: 201,
  }),
  removeUpload: route({
    method: "delete",
    path: "/api/uploads/:id",
    access: "operator",
    tag,
    summary: "Remove an archive that was sent in",
    params,
  }),
} as const;
