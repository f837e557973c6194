import type { Answer } from "@atoll/contract/types";
import classes from "./changes.module.css";

type Change = Answer<"planInstance">["items"][number]["changes"][number];

const sign = { create: "+", update: "~", replace: "±", remove: "−" } as const;

/** What is changed, one field a line: its path, what it was, what it becomes. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <ul className={classes.changes}>
      {changes.map(({ path, act, from, to, holdsData }, index) => (
        <li key={`${index}${path}`} data-act={act}>
          <span className={classes.sign} aria-hidden>
            {sign[act]}
          </span>
          <code>{path}</code>
          <span className="hidden">{` ${act}`}</span>
          {from !== undefined && <span className={classes.from}>{from}</span>}
          {from !== undefined && to !== undefined && <span aria-hidden>→</span>}
          {to !== undefined && <span>{to}</span>}
          {holdsData && <strong className={classes.data}>holds data</strong>}
        </li>
      ))}
    </ul>
  );
}
