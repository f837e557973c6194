import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Automations } from "@/components/automations";
import { Disclosure } from "@/components/disclosure";
import { RecordForm } from "@/components/record-form";
import { RecordTable } from "@/components/record-table";
import { clientConfig, moduleNames } from "@/lib/client-config";
import { member } from "@/lib/member";
import { modules } from "@/lib/modules";
import { choicesOf, listRecords, pageSize } from "@/lib/records";
import { fill, words } from "@/lib/words";

interface Props {
  params: Promise<{ module: string; section: string }>;
  searchParams: Promise<{ page?: string | string[] }>;
}

async function asked({ params }: Props) {
  const [config, given] = await Promise.all([clientConfig(), params]);
  const name = moduleNames.find((each) => each === given.module && config.modules[each]) ?? notFound();
  const section = modules[name].find((each) => each.id === given.section) ?? notFound();
  return { config, name, section };
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const [{ section }, text] = await Promise.all([asked(props), words()]);
  return { title: text.sections[section.id] };
}

export default async function SectionPage(props: Props) {
  const me = await member();
  const { config, name, section } = await asked(props);
  const text = await words();
  const page = Math.min(
    10_000,
    Math.max(1, Number.parseInt(String((await props.searchParams).page), 10) || 1),
  );
  const fields = section.fields ?? [];
  const [{ rows, total }, ...options] = await Promise.all([
    listRecords(me.database, section, page),
    ...fields.map(async (field) => [field.name, await choicesOf(me.database, field)] as const),
  ]);
  const lines = config.automations[name] ?? [];
  const label = text.sections[section.id];
  const from = (page - 1) * pageSize + 1;
  const at = (to: number) => `/${name}/${section.id}?page=${to}`;
  return (
    <>
      <header className="title">
        <h1>{text.modules[name]}</h1>
        <nav className="tabs" aria-label={text.modules[name]}>
          {modules[name].map(({ id }) => (
            <Link
              key={id}
              href={`/${name}/${id}`}
              aria-current={id === section.id ? "page" : undefined}
              prefetch={false}
            >
              {text.sections[id]}
            </Link>
          ))}
        </nav>
      </header>
      {fields.length > 0 && (
        <Disclosure key={section.id} summary={text.list.add} first={total === 0}>
          <RecordForm
            module={name}
            section={section.id}
            fields={fields}
            choices={Object.fromEntries(options)}
            text={text.list}
            columns={text.columns}
          />
        </Disclosure>
      )}
      {rows.length === 0 ? (
        <div className="empty">
          <strong>{text.list.none}</strong>
          <p>{text.list.noneLead}</p>
        </div>
      ) : (
        <RecordTable
          section={section}
          rows={rows}
          locale={config.locale}
          columns={text.columns}
          label={label}
        />
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
