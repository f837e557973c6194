import Link from "next/link";
import type { ReactNode } from "react";
import { clientConfig, hasPublicPage, homeOf } from "@/lib/client-config";
import { type Member, member } from "@/lib/member";
import { sectionsOf, tabsOf } from "@/lib/modules";
import { unreadCount } from "@/lib/notifications";
import { signOut } from "@/lib/session-actions";
import { moduleSettings, pageSettings } from "@/lib/settings";
import { contactEmail } from "@/lib/vault/public";
import { words } from "@/lib/words";
import { Brand } from "./brand";
import { Contact } from "./contact";
import { Navigation } from "./navigation";
import { Submit } from "./submit";

/** Modules in which somebody has something to see. */
export async function modulesOf(me: Member) {
  const { modules } = await clientConfig();
  return modules.filter((name) => {
    if (moduleSettings(me, name).length > 0 || tabsOf(me, name).length > 0) return true;
    return me.blueprint === "business" && sectionsOf(me, name).length === 0;
  });
}

/** The frame around every page for people who work here: menu, who one is, and the way out. */
export async function Shell({ children }: { children: ReactNode }) {
  const [me, config, text] = await Promise.all([member(), clientConfig(), words()]);
  const [unread, modules, email] = await Promise.all([unreadCount(me), modulesOf(me), contactEmail()]);
  const { shell } = text;
  const links = [
    { href: homeOf(config), label: shell.home, exact: true },
    ...modules.map((name) => ({ href: `/${name}`, label: text.modules[name] })),
    ...(pageSettings(me).length > 0 ? [{ href: "/settings", label: shell.settings }] : []),
    ...(me.role === "admin" && !me.own ? [{ href: "/admin/team", label: text.team.title }] : []),
    ...(me.role === "admin" ? [{ href: "/admin/vault", label: shell.vault }] : []),
    // A kind that only the file describes has no such table.
    ...(me.own
      ? []
      : [
          {
            href: "/notifications",
            label: unread > 0 ? `${shell.notifications} (${unread})` : shell.notifications,
          },
        ]),
    ...(hasPublicPage(me.blueprint) ? [{ href: "/", label: shell.publicPage, exact: true }] : []),
  ];
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {shell.skip}
      </a>
      <header className="side">
        <Link href={homeOf(config)} className="home">
          <Brand />
        </Link>
        <Navigation label={shell.menu} links={links} />
        <div className="person">
          <span className="person-name">{me.fullName}</span>
          <span className="person-email">{me.email}</span>
          <Link className="quiet" href="/change-password" prefetch={false}>
            {shell.account}
          </Link>
          <Contact label={shell.contact} email={email} />
          <form action={signOut}>
            <Submit label={text.signIn.out} className="quiet" />
          </form>
        </div>
      </header>
      <main className="content" id="content">
        {children}
      </main>
    </div>
  );
}
