import type { Locale } from "@/lib/client-config";
import type { Announcement } from "@/lib/community/community";
import type { Messages } from "@/lib/messages/en";
import { fill } from "@/lib/words";
import { When } from "../when";

interface Props {
  list: Announcement[];
  locale: Locale;
  text: Messages["community"];
}

/** What the community announces. */
export function Announcements({ list, locale, text }: Props) {
  return (
    <section aria-labelledby="announcements" className="part">
      <h2 id="announcements">{text.announcements}</h2>
      {list.length === 0 && <p className="empty">{text.noAnnouncements}</p>}
      <ul className="notices">
        {list.map((each) => (
          <li key={each.id} className="card">
            <h3>{each.title}</h3>
            <p className="links">
              {each.is_pinned && <span className="badge good">{text.pinned}</span>}
              <When at={each.published_at} locale={locale} />
            </p>
            {each.body && <p className="lines-kept">{each.body}</p>}
            {each.starts_at && (
              <p className="lead">
                {text.from} <When at={each.starts_at} locale={locale} />
              </p>
            )}
            {each.ends_at && (
              <p className="lead">
                {text.until} <When at={each.ends_at} locale={locale} />
              </p>
            )}
            {each.place && <p className="lead">{fill(text.at, { place: each.place.name })}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
