import type { ModuleName } from "@/lib/client-config";
import type { Member } from "@/lib/member";
import { createRecord, type RecordAt } from "@/lib/record-actions";
import { fieldsFor, formOf } from "@/lib/records";
import type { Row, Section } from "@/lib/sections";
import { words } from "@/lib/words";
import { Disclosure } from "./disclosure";
import { RecordForm } from "./record-form";

interface Props {
  me: Member;
  module: ModuleName;
  section: Section;
  /** Open at first. */
  first: boolean;
  /** The row that a new one belongs to, and what it has because of that. */
  parent?: RecordAt;
  above?: Row;
}

/** The form that adds a row, for whoever is offered that. */
export async function AddRecord({ me, module, section, first, parent, above = {} }: Props) {
  if (!section.fields || !section.add?.(me)) return null;
  const [text, form] = await Promise.all([
    words(),
    formOf(me.database, fieldsFor(me, section, "add", above), above),
  ]);
  const { list, columns, values } = text;
  return (
    <Disclosure summary={`${list.add} – ${text.sections[section.id]}`} first={first}>
      <RecordForm
        send={createRecord.bind(null, module, section.id, parent)}
        {...form}
        {...{ list, columns, values }}
      />
    </Disclosure>
  );
}
