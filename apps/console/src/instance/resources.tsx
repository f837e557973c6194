import { IconBox } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { OutLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";

const resourcesOf = (slug: string) => read("listResources", { params: { slug } });

/** Everything that an instance is made of, with its id and its page at its provider. */
export function Resources({ slug }: { slug: string }) {
  const query = useQuery(resourcesOf(slug));
  return (
    <Load query={query} lines={8}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty icon={<IconBox size={28} stroke={1.5} />} title="Nothing at any provider">
            It has not been made yet, or was removed.
          </Empty>
        ) : (
          <Rows
            label="Resources"
            columns="minmax(0, 1.2fr) minmax(0, 1.2fr) 90px 110px 120px"
            heads={["What", "Id", "Origin", "Seen", ""]}
          >
            {items.map(({ step, kind, name, id, origin, brought, observedAt, dashboard }) => (
              <li key={step} className={rows.row}>
                <span>
                  <span className={rows.main}>{name}</span>
                  <span className={rows.minor}>{kind}</span>
                </span>
                <code className={`${rows.minor} ${rows.wide}`} title={id}>
                  {id}
                </code>
                <Origin origin={origin} isBrought={brought} />
                <span className={`${rows.faint} ${rows.wide}`}>
                  <When at={observedAt} />
                </span>
                <span className={`${rows.end} ${rows.wide}`}>
                  {dashboard && <OutLink href={dashboard}>Open</OutLink>}
                </span>
              </li>
            ))}
          </Rows>
        )
      }
    </Load>
  );
}

const origins = {
  created: { word: "created", means: undefined },
  adopted: { word: "found", means: "It was there when Atoll first looked: it came with what it stands in." },
  brought: {
    word: "brought",
    means: "The client brought it, or what it stands in: it is changed as agreed, and never removed.",
  },
};

function Origin({ origin, isBrought }: { origin: "created" | "adopted"; isBrought: boolean }) {
  const { word, means } = origins[isBrought ? "brought" : origin];
  return (
    <span className={rows.faint} title={means}>
      {word}
    </span>
  );
}

/** Links to each thing's page at its provider. */
export function Dashboards({ slug }: { slug: string }) {
  const { data } = useQuery(resourcesOf(slug));
  const shown = (data?.items ?? []).flatMap(({ kind, dashboard }) =>
    dashboard ? [{ kind, dashboard }] : [],
  );
  if (shown.length === 0) return "no pages there";
  return shown.map(({ kind, dashboard }, index) => (
    <span key={dashboard}>
      {index > 0 && ", "}
      <OutLink href={dashboard}>{kind}</OutLink>
    </span>
  ));
}
