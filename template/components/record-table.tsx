import Link from "next/link";
import { addressOf } from "@/lib/asked";
import type { ModuleName } from "@/lib/client-config";
import { titleOf } from "@/lib/records";
import type { Column, Row, Section } from "@/lib/sections";
import { Cell, type CellWords } from "./cell";
import { RemoveRecord } from "./remove-record";

interface Props extends CellWords {
  module: ModuleName;
  section: Section;
  rows: Row[];
  columns?: readonly Column[];
  label: string;
  /** Which rows can be removed here; those with a page of their own are removed there. */
  removable?: (row: Row) => boolean;
}

/** The rows of a section; on a phone each row becomes a card. */
export function RecordTable({
  module,
  section,
  rows,
  columns = section.columns,
  label,
  removable,
  ...words
}: Props) {
  const names = words.text.columns;
  const [first] = columns;
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ name }) => (
            <th key={name} scope="col">
              {names[name]}
            </th>
          ))}
          {removable && (
            <th scope="col">
              <span className="unseen">{words.text.list.remove}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const id = String(row[section.key ?? "id"]);
          const address = addressOf(module, section, row);
          return (
            <tr key={id}>
              {columns.map((column) => (
                <td key={column.name} data-label={names[column.name]}>
                  {address && column === first ? (
                    <Link href={address} prefetch={false} className="row-link">
                      {titleOf({ ...section, title: [column.name] }, row) || words.text.list.untitled}
                    </Link>
                  ) : (
                    <Cell column={column} row={row} {...words} />
                  )}
                </td>
              ))}
              {removable && (
                <td>
                  {removable(row) && (
                    <RemoveRecord
                      at={{ module, section: section.id, id }}
                      leave={false}
                      text={words.text.list}
                    />
                  )}
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
