import type { InstanceSchema } from "@atoll/contract/schemas/fleet";
import { Link } from "@tanstack/react-router";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";
import { standingWords } from "./words.ts";

/** Columns of the list of schemas. */
export const versionColumns = "minmax(0, 1.2fr) minmax(0, 1.6fr) 110px 120px 110px";

/** An instance's schema in a list; it leads to its page. */
export function VersionRow({ schema }: { schema: InstanceSchema }) {
  const { instance, blueprint, environment, version, newest, state, seenAt } = schema;
  const words = standingWords(schema);
  return (
    <li>
      <Link to="/instances/$slug" params={{ slug: instance }} search={{ tab: "schema" }} className={rows.row}>
        <span>
          <span className={rows.main}>{instance}</span>
          <span className={rows.minor}>
            {blueprint}
            <EnvironmentMark environment={environment} />
          </span>
        </span>
        <span className={`${rows.minor} ${rows.wide}`} title={words}>
          {words}
        </span>
        <span>
          {version ?? "?"} of {newest}
        </span>
        <span className={rows.wide}>
          <State state={state} />
        </span>
        <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
          <When at={seenAt} />
        </span>
      </Link>
    </li>
  );
}
