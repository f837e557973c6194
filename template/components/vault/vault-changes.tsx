import type { Locale } from "@/lib/client-config";
import type { Messages } from "@/lib/messages/en";
import type { VaultChange } from "@/lib/vault/vault";
import { When } from "../when";

interface Props {
  changes: VaultChange[];
  people: ReadonlyMap<string, string>;
  locale: Locale;
  text: Messages;
}

const shown = (value: unknown): string => {
  if (value === null || value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
};

/** Who changed what when; of secrets only that they changed. */
export function VaultChanges({ changes, people, locale, text: { vault: text, values, list } }: Props) {
  const columns = [text.key, text.act, text.before, text.after, text.changedBy, text.changedAt];
  return (
    <section className="part" aria-labelledby="history">
      <h2 id="history">{text.history}</h2>
      {changes.length === 0 && <p className="none">{list.none}</p>}
      {changes.length > 0 && (
        <table className="table history" aria-labelledby="history">
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changes.map((each) => (
              <tr key={each.id}>
                <td data-label={text.key}>
                  <code>{each.key}</code>
                </td>
                <td data-label={text.act}>{values[each.act]}</td>
                <td data-label={text.before}>{each.is_secret ? text.secret : shown(each.old_value)}</td>
                <td data-label={text.after}>{each.is_secret ? text.secret : shown(each.new_value)}</td>
                <td data-label={text.changedBy}>{people.get(each.changed_by) ?? each.changed_by}</td>
                <td data-label={text.changedAt}>
                  <When at={each.created_at} locale={locale} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
