import { colleaguesOf } from "@/lib/agency/company";
import { clientConfig } from "@/lib/client-config";
import { member } from "@/lib/member";
import type { Row, Section } from "@/lib/sections";
import { words } from "@/lib/words";
import { Cell } from "./cell";

/** All that a row's page says of it, name beside value. */
export async function RecordDetails({ section, row }: { section: Section; row: Row }) {
  const [me, text, { locale }] = await Promise.all([member(), words(), clientConfig()]);
  const people = me.blueprint === "agency" ? await colleaguesOf(me.database) : new Map<string, string>();
  return (
    <dl className="card details">
      {[...section.columns, ...(section.more ?? [])].map((column) => (
        <div key={column.name}>
          <dt>{text.columns[column.name]}</dt>
          <dd>
            <Cell {...{ column, row, locale, text, people }} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
