import type { Place } from "@/lib/community/community";
import { frame, inFrame, openStreetMap } from "@/lib/community/map";
import type { MapCentre } from "@/lib/community/map-centre";
import type { Messages } from "@/lib/messages/en";
import { fill } from "@/lib/words";

interface Props {
  centre: MapCentre;
  places: Place[];
  text: Messages["community"];
}

const lines = (length: number) => Array.from({ length: Math.ceil(length / 40) - 1 }, (_, n) => (n + 1) * 40);

/** A plain drawing of where things are: nothing is loaded from elsewhere, the real map is one press away. */
export function MapFrame({ centre, places, text }: Props) {
  const { width, height } = frame;
  const degrees = { latitude: centre.latitude.toFixed(5), longitude: centre.longitude.toFixed(5) };
  const title = fill(text.mapOf, degrees);
  return (
    <section aria-labelledby="map-title" className="part">
      <h2 id="map-title">{text.map}</h2>
      <figure className="map">
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
          {lines(width).map((x) => (
            <line key={`x${x}`} x1={x} y1={0} x2={x} y2={height} />
          ))}
          {lines(height).map((y) => (
            <line key={`y${y}`} x1={0} y1={y} x2={width} y2={y} />
          ))}
          <path d={`M${width / 2 - 9} ${height / 2}h18M${width / 2} ${height / 2 - 9}v18`} />
          {places.map((place, index) => {
            const at = inFrame(place, centre);
            return (
              at && (
                <g key={place.id} transform={`translate(${at.x} ${at.y})`}>
                  <title>{place.name}</title>
                  <circle r={14} />
                  <text textAnchor="middle" dy="0.35em">
                    {index + 1}
                  </text>
                </g>
              )
            );
          })}
        </svg>
        <figcaption>
          <span className="number">{`${degrees.latitude}, ${degrees.longitude}`}</span>
          <a href={openStreetMap(centre, centre.zoom, false)} rel="noreferrer">
            {text.openMap}
          </a>
        </figcaption>
      </figure>
    </section>
  );
}
