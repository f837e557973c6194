"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

interface Target {
  href: string;
  label: string;
  /** Pages below it are not a part of it. */
  exact?: boolean;
}

/** Links of the side bar; the one that is open is marked. */
export function Navigation({ label, links }: { label: string; links: Target[] }) {
  const path = usePathname();
  return (
    <nav className="navigation" aria-label={label}>
      {links.map(({ href, label, exact }) => {
        const open = path === href || (!exact && path.startsWith(`${href}/`));
        return (
          <Link key={href} href={href} aria-current={open ? "page" : undefined} prefetch={false}>
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
