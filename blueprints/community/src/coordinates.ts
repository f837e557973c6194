/** A point on the map, in degrees. */
export interface Coordinates {
  latitude: number;
  longitude: number;
}

const decimals = String.raw`(?:\.\d{1,15})?`;
const zeros = String.raw`(?:\.0{1,15})?`;
const north = `(-?(?:90${zeros}|[0-8]?\\d${decimals}))`;
const east = `(-?(?:180${zeros}|(?:1[0-7]\\d|\\d{1,2})${decimals}))`;
const point = `${north}(?:,|%2C|%20|\\+)+${east}(?![\\d.])`;
const site = (hosts: string) => String.raw`(?:https?://)?(?:www\.|maps\.)?(?:${hosts})`;
const google = site(String.raw`google\.[a-z]{2,3}(?:\.[a-z]{2})?`);
const osm = site(String.raw`openstreetmap\.org|osm\.org`);
const rest = String.raw`\S*`;

const minutes = String.raw`(?:\s*([0-5]?\d${decimals})\s*['′’])?(?:\s*([0-5]?\d${decimals})\s*(?:["″”]|''))?`;
const degrees = (most: string) => String.raw`(${most})\s*°${minutes}\s*`;

// Decimal ones as in "48.8566, 2.3522", links as browsers show them, and degrees with minutes and seconds.
// JSON Schema takes the same patterns, so that a file is judged alike by an editor and by us.
const decimal = [
  String.raw`${north}\s*[,;\s]\s*${east}`,
  // A place has a point of its own, which is meant before the middle of the window.
  `${google}/${rest}!3d${north}!4d${east}(?![\\d.])${rest}`,
  `${google}/${rest}@${point}${rest}`,
  `${google}/${rest}[?&](?:q|query|ll|center|destination)=(?:loc:)?${point}${rest}`,
  `${osm}/${rest}[?&]mlat=${north}&mlon=${east}(?![\\d.])${rest}`,
  `${osm}/${rest}#map=\\d{1,2}/${north}/${east}(?![\\d.])${rest}`,
  `geo:${point}${rest}`,
].map((each) => String.raw`^\s*${each}\s*$`);
const sexagesimal = String.raw`^\s*${degrees(String.raw`[0-8]?\d${decimals}`)}([NSns])[,;\s]*${degrees(String.raw`(?:1[0-7]\d|\d{1,2})${decimals}`)}([EWOewo])\s*$`;

/** What a point may look like, as patterns of JSON Schema: one of them fits. */
export const coordinatePatterns: readonly string[] = [...decimal, sexagesimal];

/** Reads "48.8566, 2.3522", a link of OpenStreetMap or Google Maps, or "48°51′24″N 2°21′08″E"; undefined for the rest. */
export function coordinatesFrom(typed: string): Coordinates | undefined {
  for (const pattern of decimal) {
    const found = new RegExp(pattern, "u").exec(typed);
    if (found) return { latitude: Number(found[1]), longitude: Number(found[2]) };
  }
  const found = new RegExp(sexagesimal, "u").exec(typed);
  if (!found) return undefined;
  const [, d1, m1 = 0, s1 = 0, ns = "", d2, m2 = 0, s2 = 0, ew = ""] = found;
  const turned = (sign: string, d: string | undefined, m: string | number, s: string | number) =>
    (/[sw]/i.test(sign) ? -1 : 1) * rounded(Number(d) + Number(m) / 60 + Number(s) / 3600);
  return { latitude: turned(ns, d1, m1, s1), longitude: turned(ew, d2, m2, s2) };
}

/** A thousandth of a second of arc is 3 cm: more digits would be noise of the division. */
const rounded = (degrees: number) => Math.round(degrees * 1e6) / 1e6;
