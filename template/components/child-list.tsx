import { colleaguesOf } from "@/lib/agency/company";
import { asked } from "@/lib/asked";
import { clientConfig } from "@/lib/client-config";
import type { RecordAt } from "@/lib/record-actions";
import { listRecords } from "@/lib/records";
import type { Child, Row } from "@/lib/sections";
import { fill, words } from "@/lib/words";
import { AddRecord } from "./add-record";
import { RecordTable } from "./record-table";

const shown = 100;

/** Rows of another section that belong to this row, where this instance has that section and the person sees it. */
export async function ChildList({ child, parent, row }: { child: Child; parent: RecordAt; row: Row }) {
  const what = await asked(child.module, child.section);
  if (!what) return null;
  const { me, module, section } = what;
  const [{ locale }, text, { rows, total }, people] = await Promise.all([
    clientConfig(),
    words(),
    listRecords(me.database, { ...section, where: undefined }, 1, shown, [
      { column: child.by, value: parent.id },
    ]),
    me.blueprint === "agency" ? colleaguesOf(me.database) : new Map<string, string>(),
  ]);
  const open = child.open?.(row) ?? true;
  const label = text.sections[section.id];
  const removable =
    section.remove && !section.opens && open ? (each: Row) => section.remove?.(me, each) === true : undefined;
  // What stands above is known here.
  const columns = section.columns.filter((column) => column.name !== child.by);
  return (
    <section className="part" aria-label={label}>
      <h2>{label}</h2>
      {rows.length === 0 ? (
        <p className="none">{text.list.none}</p>
      ) : (
        <RecordTable {...{ module, section, rows, columns, label, removable, locale, text, people }} />
      )}
      {total > shown && <p className="lead">{fill(text.list.more, { count: total })}</p>}
      {open && !(section.key === child.by && total > 0) && (
        <AddRecord {...{ me, module, section, parent }} above={{ [child.by]: parent.id }} first={false} />
      )}
    </section>
  );
}
