import type { exportRoutes } from "@atoll/contract/routes/exports";
import type { Handlers } from "../context.ts";
import { notFound } from "../refusal.ts";

/** Exports of instances, and archives that are sent in. */
export const exportHandlers: Handlers<keyof typeof exportRoutes> = {
  async listExports({ params: { slug } }, { hub }) {
    if ((await hub.runtime.journal.find(slug)) === undefined) throw notFound(`instance "${slug}"`);
    return { items: await hub.runtime.exports.list(slug) };
  },

  async downloadExport({ params: { id } }, call) {
    const { slug, ...file } = await call.hub.runtime.exports.download(id);
    await call.act(
      { action: "export.download", subject: `instance/${slug}`, details: { export: id } },
      async () => {},
    );
    return file;
  },

  async removeExport({ params: { id } }, call) {
    const slug = await call.hub.runtime.exports.remove(id);
    await call.act(
      { action: "export.remove", subject: `instance/${slug}`, details: { export: id } },
      async () => {},
    );
    return undefined;
  },

  async uploadArchive({ body }, call) {
    const sent = await call.hub.runtime.exports.upload(body, call.actor);
    await call.act(
      {
        action: "archive.upload",
        subject: `upload/${sent.id}`,
        details: { rows: sent.rows, sizeBytes: sent.sizeBytes },
      },
      async () => {},
    );
    return sent;
  },

  async removeUpload({ params: { id } }, call) {
    await call.hub.runtime.exports.removeUpload(id);
    await call.act({ action: "archive.remove", subject: `upload/${id}` }, async () => {});
    return undefined;
  },
};
