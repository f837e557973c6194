import classes from "./health.module.css";

interface TableProps {
  label: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The same as a plot, in numbers: for whoever cannot see it, and for reading off. */
export function PlotTable({ label, heads, rows }: TableProps) {
  return (
    <details className={classes.details}>
      <summary>{label} as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={classes.scroll} aria-label={label} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells) => (
              <tr key={cells[0]}>
                {cells.map((cell, index) => (
                  <td key={heads[index]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
