import type { CSSProperties, ReactNode } from "react";
import classes from "./rows.module.css";

interface RowsProps {
  /** CSS grid columns, on screens wide enough for them. */
  columns: string;
  /** Words over the columns; for the eye only, each row says what it holds. */
  heads?: string[];
  label: string;
  children: ReactNode;
}

/** A list in columns, which on a phone becomes two lines a row. */
export function Rows({ columns, heads, label, children }: RowsProps) {
  return (
    <div style={{ "--columns": columns } as CSSProperties}>
      {heads !== undefined && (
        <div className={classes.head} aria-hidden>
          {heads.map((head, index) => (
            <span key={`${index}${head}`}>{head}</span>
          ))}
        </div>
      )}
      <ul className={classes.list} aria-label={label}>
        {children}
      </ul>
    </div>
  );
}
