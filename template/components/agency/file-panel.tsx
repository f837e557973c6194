import { hasContent } from "@/lib/agency/content";
import { removeFile } from "@/lib/agency/file-actions";
import type { Member } from "@/lib/member";
import type { Row } from "@/lib/sections";
import { words } from "@/lib/words";
import { Deed } from "../deed";

/** A file's content: fetch it, or remove it together with its row. */
export async function FilePanel({ me, id, row }: { me: Member; id: string; row: Row }) {
  const [{ agency: text, list }, there] = await Promise.all([
    words(),
    hasContent(me.database, String(row.storage_path)),
  ]);
  const mayRemove = me.role !== "client" && (me.role !== "member" || row.uploaded_by === me.id);
  return (
    <section className="deeds" aria-label={text.file}>
      {there ? (
        <a className="button" href={`/download/${id}`}>
          {text.download}
        </a>
      ) : (
        <p className="problem">{there === false ? text.gone : text.storageAway}</p>
      )}
      {mayRemove && (
        <details className="remove">
          <summary>{list.remove}</summary>
          <p>{list.removeSure}</p>
          <Deed action={removeFile.bind(null, id)} label={list.removeNow} className="button danger" />
        </details>
      )}
    </section>
  );
}
