import type { Request } from "@atoll/contract/schemas/request";
import { Link } from "@tanstack/react-router";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import rows from "../parts/rows.module.css";
import { State } from "../parts/state.tsx";
import { When } from "../parts/when.tsx";

/** Columns of the list of requests. */
export const requestColumns = "minmax(0, 1.3fr) minmax(0, 1.2fr) 110px 150px 110px";

/** A request in a list; it leads to its page. */
export function RequestRow({ request }: { request: Request }) {
  const { id, name, slug, email, blueprint, environment, state, confirmed, submittedAt } = request;
  const waits = state === "pending" && !confirmed;
  return (
    <li>
      <Link
        to="/requests/$id"
        params={{ id }}
        className={rows.row}
        style={waits ? { opacity: 0.75 } : undefined}
      >
        <span>
          <span className={rows.main}>{name}</span>
          <span className={rows.minor}>
            {slug}
            <EnvironmentMark environment={environment} />
          </span>
        </span>
        <span className={`${rows.minor} ${rows.wide}`}>{email}</span>
        <span className={`${rows.faint} ${rows.wide}`}>{blueprint}</span>
        <span>
          <State state={waits ? "queued" : state} word={waits ? "not confirmed" : state} />
        </span>
        <span className={`${rows.faint} ${rows.end} ${rows.wide}`}>
          <When at={submittedAt} />
        </span>
      </Link>
    </li>
  );
}
