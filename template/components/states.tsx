import Link from "next/link";
import type { Messages } from "@/lib/messages/en";
import type { ValueName } from "@/lib/sections";

interface Props {
  /** The list's own address. */
  list: string;
  states: readonly ValueName[];
  open: ValueName | undefined;
  text: Messages;
}

/** Narrows a list to the rows in one state. */
export function States({ list, states, open, text }: Props) {
  return (
    <nav className="states" aria-label={text.list.state}>
      <Link href={list} aria-current={open ? undefined : "page"} prefetch={false}>
        {text.home.all}
      </Link>
      {states.map((state) => (
        <Link
          key={state}
          href={`${list}?state=${state}`}
          aria-current={state === open ? "page" : undefined}
          prefetch={false}
        >
          {text.values[state]}
        </Link>
      ))}
    </nav>
  );
}
