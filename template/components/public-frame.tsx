import Link from "next/link";
import type { ReactNode } from "react";
import { words } from "@/lib/words";

interface Props {
  name: string;
  lead?: string | null;
  /** What the way to the sign-in is called. */
  door: string;
  children: ReactNode;
  contact?: ReactNode;
}

/** The frame around pages for visitors. */
export async function PublicFrame({ name, lead, door, children, contact }: Props) {
  const { shell } = await words();
  return (
    <div className="public">
      <a className="skip" href="#content">
        {shell.skip}
      </a>
      <header className="public-head">
        <h1>{name}</h1>
        {lead && <p className="lead lines-kept">{lead}</p>}
      </header>
      <main id="content" className="public-body">
        {children}
      </main>
      <footer className="public-foot">
        {contact}
        <Link className="quiet" href="/admin" prefetch={false}>
          {door}
        </Link>
      </footer>
    </div>
  );
}
