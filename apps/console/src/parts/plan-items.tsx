import type { Answer } from "@atoll/contract/types";
import { Badge } from "@mantine/core";
import { Changes } from "./changes.tsx";
import classes from "./plan-view.module.css";

type Item = Answer<"planRequest">["items"][number];

const doesWords: Record<Item["does"], string> = {
  create: "creates",
  update: "changes",
  replace: "makes anew",
  remove: "removes",
  keep: "keeps",
  send: "sends",
  wait: "waits",
  blocked: "cannot",
};
const colors: Partial<Record<Item["does"], string>> = {
  create: "teal",
  send: "teal",
  update: "yellow",
  replace: "yellow",
  remove: "red",
  blocked: "red",
};

/** Things and what happens to each of them. */
export function PlanItems({ items, label }: { items: readonly Item[]; label: string }) {
  return (
    <ol className={classes.items} aria-label={label}>
      {items.map((item) => (
        <PlanLine key={item.step} item={item} />
      ))}
    </ol>
  );
}

function PlanLine({ item }: { item: Item }) {
  const { does, kind, name, why, next, brought } = item;
  // That a thing is made at all is said already.
  const changes = item.changes.filter(({ path }) => path !== "");
  return (
    <li className={classes.item}>
      <Badge variant="light" color={colors[does] ?? "gray"} radius="sm" tt="none" className={classes.does}>
        {doesWords[does]}
      </Badge>
      <div className={classes.what}>
        <span className={classes.name}>{name}</span> <span className={classes.kind}>{kind}</span>
        {brought !== undefined && does !== "keep" && (
          <div className={classes.why}>Brought by the client: {brought}. It is never removed.</div>
        )}
        {why !== undefined && (
          <div className={classes.why}>{next === undefined ? why : `${why} ${next}`}</div>
        )}
        {changes.length > 0 && (
          <details>
            <summary>{changes.length === 1 ? "1 field" : `${changes.length} fields`}</summary>
            <Changes changes={changes} />
          </details>
        )}
      </div>
    </li>
  );
}
