import Link from "next/link";
import type { ReactNode } from "react";
import { Brand } from "@/components/brand";
import { Navigation } from "@/components/navigation";
import { Submit } from "@/components/submit";
import { clientConfig, moduleNames } from "@/lib/client-config";
import { member } from "@/lib/member";
import { unreadCount } from "@/lib/notifications";
import { signOut } from "@/lib/session-actions";
import { words } from "@/lib/words";

export default async function MemberLayout({ children }: { children: ReactNode }) {
  const [me, config, text] = await Promise.all([member(), clientConfig(), words()]);
  const unread = await unreadCount(me);
  const links = [
    { href: "/", label: text.shell.home },
    ...moduleNames
      .filter((name) => config.modules[name])
      .map((name) => ({ href: `/${name}`, label: text.modules[name] })),
    {
      href: "/notifications",
      label: unread > 0 ? `${text.shell.notifications} (${unread})` : text.shell.notifications,
    },
  ];
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {text.shell.skip}
      </a>
      <header className="side">
        <Link href="/" className="home">
          <Brand />
        </Link>
        <Navigation label={text.shell.menu} links={links} />
        <div className="person">
          <span className="person-name">{me.fullName}</span>
          <span className="person-email">{me.email}</span>
          <Link className="quiet" href="/change-password" prefetch={false}>
            {text.shell.account}
          </Link>
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
