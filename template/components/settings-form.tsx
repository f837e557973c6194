import { inputValue } from "@/lib/fields";
import type { Member } from "@/lib/member";
import { formOf } from "@/lib/records";
import type { Row, Settings } from "@/lib/sections";
import { saveSettings } from "@/lib/settings-actions";
import { words } from "@/lib/words";
import { RecordForm } from "./record-form";

/** One row of settings as a form. */
export async function SettingsForm({ me, settings }: { me: Member; settings: Settings }) {
  const { data: row, error } = await me.database
    .from(settings.table)
    .select(settings.select)
    .maybeSingle<Row>();
  if (error) throw new Error(`${settings.table} could not be read: ${error.message}`);
  const [text, form] = await Promise.all([words(), formOf(me.database, settings.fields, {})]);
  const { list, columns, values } = text;
  const initial = Object.fromEntries(
    settings.fields.map((field) => [field.name, inputValue(field, row ?? {}, String)]),
  );
  return (
    <section className="card" aria-labelledby={`settings-${settings.id}`}>
      <h2 id={`settings-${settings.id}`}>{text.settings.titles[settings.id]}</h2>
      {row && "has_channel_token" in row && (
        <p className="lead">
          {columns.has_channel_token}: {row.has_channel_token === true ? list.yes : list.no}
        </p>
      )}
      <RecordForm
        send={saveSettings.bind(null, settings.id)}
        initial={initial}
        {...form}
        {...{ list, columns, values }}
      />
    </section>
  );
}
