import { clientConfig } from "@/lib/client-config";
import { currencyOf } from "@/lib/currency";
import { inputValue } from "@/lib/fields";
import type { Member } from "@/lib/member";
import { moneyInput } from "@/lib/money";
import { changeRecord, type RecordAt } from "@/lib/record-actions";
import { fieldsFor, formOf } from "@/lib/records";
import type { Row, Section } from "@/lib/sections";
import { words } from "@/lib/words";
import { Disclosure } from "./disclosure";
import { RecordForm } from "./record-form";

interface Props {
  me: Member;
  section: Section;
  at: RecordAt;
  row: Row;
}

/** The form that changes a row. */
export async function EditRecord({ me, section, at, row }: Props) {
  const offered = fieldsFor(me, section, "change", row);
  if (offered.length === 0) return null;
  const [text, { locale }, form, currency] = await Promise.all([
    words(),
    clientConfig(),
    formOf(me.database, offered, row),
    currencyOf(me, row),
  ]);
  const { list, columns, values } = text;
  const money = (minor: number) => moneyInput(minor, currency, locale);
  const initial = Object.fromEntries(offered.map((field) => [field.name, inputValue(field, row, money)]));
  return (
    <Disclosure summary={list.edit} first={false}>
      <RecordForm
        send={changeRecord.bind(null, at)}
        initial={initial}
        {...form}
        {...{ list, columns, values }}
      />
    </Disclosure>
  );
}
