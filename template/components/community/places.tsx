import type { Place } from "@/lib/community/community";
import { openStreetMap } from "@/lib/community/map";
import type { Messages } from "@/lib/messages/en";
import { Badge } from "../cell";

interface Props {
  list: Place[];
  text: Messages["community"];
  values: Messages["values"];
}

/** Published places, numbered as on the map. */
export function Places({ list, text, values }: Props) {
  return (
    <section aria-labelledby="places" className="part">
      <h2 id="places">{text.places}</h2>
      {list.length === 0 && <p className="empty">{text.noPlaces}</p>}
      <ol className="cards">
        {list.map((place, index) => (
          <li key={place.id} className="card">
            <h3>
              <span className="pin" aria-hidden="true">
                {index + 1}
              </span>{" "}
              {place.name}
            </h3>
            <p>
              <Badge state={place.category} words={values} />
            </p>
            {place.description && <p className="lines-kept">{place.description}</p>}
            {place.address && <p className="lead lines-kept">{place.address}</p>}
            <p className="links">
              <a href={openStreetMap(place, 17, true)} rel="noreferrer">
                {text.openMap}
                <span className="unseen">: {place.name}</span>
              </a>
              {place.website && /^https?:\/\//.test(place.website) && (
                <a href={place.website} rel="noreferrer nofollow">
                  {text.website}
                </a>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
