import type { Locale } from "@/lib/client-config";
import type { Messages } from "@/lib/messages/en";
import type { Section } from "@/lib/modules";
import type { Row } from "@/lib/records";
import { Cell } from "./cell";

interface Props {
  section: Section;
  rows: Row[];
  locale: Locale;
  columns: Messages["columns"];
  label: string;
}

/** The rows of a section; on a phone each row becomes a card. */
export function RecordTable({ section, rows, locale, columns, label }: Props) {
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {section.columns.map(({ name }) => (
            <th key={name} scope="col">
              {columns[name]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={String(row.id)}>
            {section.columns.map((column) => (
              <td key={column.name} data-label={columns[column.name]}>
                <Cell column={column} row={row} locale={locale} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
