import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Submit } from "@/components/submit";
import { When } from "@/components/when";
import { clientConfig } from "@/lib/client-config";
import { member } from "@/lib/member";
import { notificationsOf } from "@/lib/notifications";
import { markRead } from "@/lib/record-actions";
import { fill, words } from "@/lib/words";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).shell.notifications };
}

export default async function NotificationsPage() {
  const [me, { locale }, text] = await Promise.all([member(), clientConfig(), words()]);
  if (me.own) notFound();
  const list = await notificationsOf(me);
  const unread = list.filter((each) => !each.read).length;
  return (
    <>
      <header className="title">
        <h1>{text.shell.notifications}</h1>
        {unread > 0 && <p className="lead">{fill(text.notifications.unread, { count: unread })}</p>}
      </header>
      {list.length === 0 && (
        <div className="empty">
          <strong>{text.notifications.none}</strong>
          <p>{text.notifications.noneLead}</p>
        </div>
      )}
      <ul className="notices">
        {list.map((notice) => (
          <li key={notice.id} className={notice.read ? "card read" : "card"}>
            <h2>{notice.title}</h2>
            {notice.body && <p>{notice.body}</p>}
            <div className="notice-end">
              <When at={notice.created_at} locale={locale} />
              {!notice.read && (
                <form action={markRead}>
                  <input type="hidden" name="id" value={notice.id} />
                  <Submit label={text.notifications.markRead} className="quiet" />
                </form>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
