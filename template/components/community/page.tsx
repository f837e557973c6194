import { clientConfig } from "@/lib/client-config";
import { announcementsOf, botOf, communityOf, peersOf, placesOf } from "@/lib/community/community";
import { supabase } from "@/lib/supabase";
import { words } from "@/lib/words";
import { Contact } from "../contact";
import { PublicFrame } from "../public-frame";
import { Announcements } from "./announcements";
import { MapFrame } from "./map-frame";
import { Places } from "./places";

/** What visitors see of a community: announcements, the map, places, and how to reach it. */
export async function CommunityPage() {
  const [database, config, { community: text, values }] = await Promise.all([
    supabase(),
    clientConfig(),
    words(),
  ]);
  const has = (name: (typeof config.modules)[number]) => config.modules.includes(name);
  const [community, places, announcements, bot, peers] = await Promise.all([
    communityOf(database),
    has("places") ? placesOf(database) : [],
    has("announcements") ? announcementsOf(database, new Date()) : [],
    has("bot") ? botOf(database) : undefined,
    has("federation") ? peersOf(database) : [],
  ]);
  // The vault can be changed while the site stands, so it goes before the file.
  const centre = community ?? config.map;
  const type: string | undefined = (values as Record<string, string>)[community?.type ?? ""]; // a word of the database
  const lead = [community?.type !== "other" && type, community?.city].filter(Boolean).join(" · ");
  return (
    <PublicFrame
      name={community?.name ?? config.client.name}
      lead={lead}
      door={text.members}
      contact={<Contact label={text.contact} email={community?.contact_email} />}
    >
      {!community && (
        <div className="empty">
          <strong>{text.notReady}</strong>
          <p>{text.notReadyLead}</p>
        </div>
      )}
      {bot?.greeting && (
        <section className="card" aria-label={bot.name}>
          <h2>{bot.name}</h2>
          <p className="lines-kept">{bot.greeting}</p>
        </section>
      )}
      {has("announcements") && <Announcements list={announcements} locale={config.locale} text={text} />}
      {centre && <MapFrame centre={centre} places={places} text={text} />}
      {has("places") && <Places list={places} text={text} values={values} />}
      {peers.length > 0 && (
        <section aria-labelledby="peers" className="part">
          <h2 id="peers">{text.peers}</h2>
          <ul className="articles">
            {peers.map(({ id, name, url }) => (
              <li key={id}>
                <a href={url} rel="noreferrer">
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </PublicFrame>
  );
}
