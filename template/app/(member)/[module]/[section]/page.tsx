import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { AddRecord } from "@/components/add-record";
import { UploadFile } from "@/components/agency/upload-file";
import { Automations } from "@/components/automations";
import { RecordTable } from "@/components/record-table";
import { States } from "@/components/states";
import { ModuleTitle } from "@/components/tabs";
import { colleaguesOf } from "@/lib/agency/company";
import { asked } from "@/lib/asked";
import { clientConfig } from "@/lib/client-config";
import { tabsOf } from "@/lib/modules";
import { listRecords, pageSize } from "@/lib/records";
import { fill, words } from "@/lib/words";

interface Props {
  params: Promise<{ module: string; section: string }>;
  searchParams: Promise<{ page?: string | string[]; state?: string | string[] }>;
}

async function listAsked({ params }: Props) {
  const { module, section } = await params;
  const what = await asked(module, section);
  return what && !what.section.within ? what : notFound();
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const [{ section }, text] = await Promise.all([listAsked(props), words()]);
  return { title: text.sections[section.id] };
}

export default async function SectionPage(props: Props) {
  const { me, module, section } = await listAsked(props);
  const [config, text] = await Promise.all([clientConfig(), words()]);
  const query = await props.searchParams;
  const state = section.states?.find((each) => each === query.state);
  const page = Math.min(10_000, Math.max(1, Number.parseInt(String(query.page), 10) || 1));
  const [{ rows, total }, people] = await Promise.all([
    listRecords(me.database, section, page, pageSize, state ? [{ column: "status", value: state }] : []),
    me.blueprint === "agency" ? colleaguesOf(me.database) : new Map<string, string>(),
  ]);
  const lines = config.automations[module] ?? [];
  const label = text.sections[section.id];
  const from = (page - 1) * pageSize + 1;
  const list = `/${module}/${section.id}`;
  const at = (to: number) => `${list}?${new URLSearchParams({ ...(state && { state }), page: String(to) })}`;
  return (
    <>
      <ModuleTitle module={module} tabs={tabsOf(me, module)} open={section} />
      <AddRecord key={section.id} {...{ me, module, section }} first={total === 0 && !state} />
      {me.blueprint === "agency" && section.id === "files" && <UploadFile me={me} />}
      {section.states && <States list={list} states={section.states} open={state} text={text} />}
      {rows.length === 0 ? (
        <div className="empty">
          <strong>{text.list.none}</strong>
          <p>{text.list.noneLead}</p>
        </div>
      ) : (
        <RecordTable {...{ module, section, rows, label, text, people }} locale={config.locale} />
      )}
      {total > pageSize && (
        <nav className="pages" aria-label={label}>
          {page > 1 && <Link href={at(page - 1)}>{text.list.previous}</Link>}
          <span>{fill(text.list.page, { from, to: Math.min(total, from + pageSize - 1), total })}</span>
          {from + pageSize - 1 < total && <Link href={at(page + 1)}>{text.list.next}</Link>}
        </nav>
      )}
      {lines.length > 0 && <Automations lines={lines} text={text.automations} />}
    </>
  );
}
