import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { cache } from "react";
import { ChildList } from "@/components/child-list";
import { Deed } from "@/components/deed";
import { EditRecord } from "@/components/edit-record";
import { Panels } from "@/components/panels";
import { RecordDetails } from "@/components/record-details";
import { RemoveRecord } from "@/components/remove-record";
import { asked, rawColumns } from "@/lib/asked";
import { uuid } from "@/lib/fields";
import { moveRecord } from "@/lib/record-actions";
import { findRecord, titleOf } from "@/lib/records";
import { words } from "@/lib/words";

interface Props {
  params: Promise<{ module: string; section: string; id: string }>;
}

const recordAsked = cache(async (moduleName: string, sectionId: string, id: string) => {
  const what = await asked(moduleName, sectionId);
  if (!what?.section.opens || !uuid.test(id)) notFound();
  const { me, section } = what;
  const [row, raw] = await Promise.all([
    findRecord(me.database, section, id),
    findRecord(me.database, section, id, rawColumns(section)),
  ]);
  return row && raw ? { ...what, row, raw } : notFound();
});

async function given({ params }: Props) {
  const { module, section, id } = await params;
  return { ...(await recordAsked(module, section, id)), id };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const [{ section, row }, text] = await Promise.all([given(props), words()]);
  return { title: titleOf(section, row) || text.list.untitled };
}

/** One row: what it holds, its state, its form, and what belongs to it. */
export default async function RecordPage(props: Props) {
  const [{ me, module, section, row, raw, id }, text] = await Promise.all([given(props), words()]);
  const at = { module, section: section.id, id };
  const moves = section.move?.(me, raw) ? (section.moves?.[String(raw.status)] ?? []) : [];
  const labels: Record<string, string> = text.moves;
  return (
    <>
      <header className="title">
        <p>
          <Link href={section.within ? `/${module}` : `/${module}/${section.id}`} prefetch={false}>
            {text.sections[section.id]}
          </Link>
        </p>
        <h1>{titleOf(section, row) || text.list.untitled}</h1>
      </header>
      <RecordDetails section={section} row={row} />
      {moves.length > 0 && (
        <section className="deeds" aria-label={text.list.state}>
          {moves.map((to) => (
            <Deed key={to} action={moveRecord.bind(null, at, to)} label={labels[to] ?? to} />
          ))}
        </section>
      )}
      <Panels me={me} section={section} id={id} row={raw} />
      {section.change?.(me, raw) && <EditRecord me={me} section={section} at={at} row={raw} />}
      {section.children?.map((child) => (
        <ChildList key={child.section} child={child} parent={at} row={raw} />
      ))}
      {section.remove?.(me, raw) && <RemoveRecord at={at} leave={true} text={text.list} />}
    </>
  );
}
