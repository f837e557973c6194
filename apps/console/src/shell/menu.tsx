import { IconExternalLink, IconMail } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { read } from "../hub/read.ts";
import { places } from "./places.ts";
import classes from "./shell.module.css";

/** How many requests wait for somebody's decision; 50 stands for 50 and more. */
const waitingRequests = {
  ...read("listRequests", { query: { state: "pending", limit: 50 } }),
  refetchInterval: 30_000,
};

/** The way to every page. */
export function Menu({ onGo }: { onGo(): void }) {
  const { data: waiting } = useQuery(waitingRequests);
  const { data: info } = useQuery({ ...read("hub", {}), staleTime: Number.POSITIVE_INFINITY });
  const count = waiting?.items.filter((each) => each.confirmed).length ?? 0;
  return (
    <nav aria-label="Main" className={classes.menu}>
      {places.map(({ to, word, icon: Icon }) => (
        <Link key={to} to={to} className={classes.place} onClick={onGo}>
          <Icon size={17} stroke={1.7} aria-hidden />
          <span>{word}</span>
          {to === "/requests" && count > 0 && (
            <span className={classes.count}>
              {count}
              {waiting?.nextCursor !== undefined && "+"}
              <span className={classes.hidden}> waiting</span>
            </span>
          )}
        </Link>
      ))}
      {info?.mailbox !== undefined && (
        <a href={info.mailbox} target="_blank" rel="noreferrer" className={classes.place}>
          <IconMail size={17} stroke={1.7} aria-hidden />
          <span>Mailbox</span>
          <IconExternalLink size={13} aria-label="(opens a new tab)" className={classes.out} />
        </a>
      )}
    </nav>
  );
}
