"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

/** Links of the side bar; the one that is open is marked. */
export function Navigation({ label, links }: { label: string; links: { href: string; label: string }[] }) {
  const path = usePathname();
  return (
    <nav className="navigation" aria-label={label}>
      {links.map(({ href, label }) => {
        const open = href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
        return (
          <Link key={href} href={href} aria-current={open ? "page" : undefined} prefetch={false}>
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
