import type { SweepRemoval } from "@atoll/contract/schemas/sweep";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Load } from "../parts/load.tsx";
import { Section } from "../parts/page.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";

const stateWords: Record<SweepRemoval["state"], string> = {
  asked: "being removed",
  removed: "removed",
  kept: "kept",
  failed: "failed",
};

/** What became of orphans that somebody had removed; nothing before there was one. */
export function Removals() {
  const query = useQuery({ ...read("listSweepRemovals", {}), refetchInterval: 5_000 });
  return (
    <Load query={query} lines={0}>
      {({ items }) =>
        items.length > 0 && (
          <Section title="Removals">
            <Rows
              label="Removals"
              columns="minmax(0, 1.4fr) 130px minmax(0, 2fr) 110px"
              heads={["Thing", "State", "By", "When"]}
            >
              {items.map((each) => (
                <RemovalRow key={each.id} removal={each} />
              ))}
            </Rows>
          </Section>
        )
      }
    </Load>
  );
}

function RemovalRow({
  removal: { name, kind, state, said, fault, by, endedAt, askedAt },
}: {
  removal: SweepRemoval;
}) {
  const words = fault === undefined ? said : `${fault.what} ${fault.next}`;
  return (
    <li className={rows.row}>
      <span>
        <span className={rows.main} title={name}>
          {name}
        </span>
        <span className={rows.minor}>{kind}</span>
      </span>
      <span>{stateWords[state]}</span>
      <span style={{ overflowWrap: "anywhere" }}>{words ?? by}</span>
      <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
        <When at={endedAt ?? askedAt} />
      </span>
    </li>
  );
}
