import type { SupabaseApi } from "./api.ts";

interface RegionsBody {
  all: { specific: { code: string }[] };
}

/** Codes of the regions in which the organisation can make projects now. */
export async function regions(api: SupabaseApi): Promise<string[]> {
  const body = await api.http.get<RegionsBody>("/v1/projects/available-regions", {
    query: { organization_slug: api.organization },
  });
  return body.all.specific.map(({ code }) => code);
}

/** Where the data centres are: degrees north and east. Also of regions that Supabase does not offer. */
const places: Record<string, [north: number, east: number]> = {
  "us-east-1": [38.9, -77.4],
  "us-east-2": [40.1, -83.0],
  "us-west-1": [37.4, -121.9],
  "us-west-2": [45.8, -119.7],
  "ca-central-1": [45.5, -73.6],
  "ca-west-1": [51.0, -114.1],
  "mx-central-1": [20.6, -100.4],
  "sa-east-1": [-23.5, -46.6],
  "eu-west-1": [53.3, -6.3],
  "eu-west-2": [51.5, -0.1],
  "eu-west-3": [48.9, 2.4],
  "eu-north-1": [59.3, 18.1],
  "eu-central-1": [50.1, 8.7],
  "eu-central-2": [47.4, 8.5],
  "eu-south-1": [45.5, 9.2],
  "eu-south-2": [41.6, -0.9],
  "af-south-1": [-33.9, 18.4],
  "me-south-1": [26.1, 50.6],
  "me-central-1": [24.5, 54.4],
  "il-central-1": [32.1, 34.8],
  "ap-south-1": [19.1, 72.9],
  "ap-south-2": [17.4, 78.5],
  "ap-southeast-1": [1.3, 103.8],
  "ap-southeast-2": [-33.9, 151.2],
  "ap-southeast-3": [-6.2, 106.8],
  "ap-southeast-4": [-37.8, 145.0],
  "ap-northeast-1": [35.7, 139.7],
  "ap-northeast-2": [37.6, 127.0],
  "ap-northeast-3": [34.7, 135.5],
  "ap-east-1": [22.3, 114.2],
};

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Angle between two places, in radians. */
function distance([north1, east1]: [number, number], [north2, east2]: [number, number]): number {
  const [a, b] = [radians(north1), radians(north2)];
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(radians(east1 - east2));
  return Math.acos(Math.min(1, Math.max(-1, cosine)));
}

/** The offered region that is nearest to another one; undefined when nobody knows where that is. */
export function nearestRegion(code: string, offered: readonly string[]): string | undefined {
  const from = places[code];
  if (!from) return undefined;
  const reachable = offered.flatMap((each) => {
    const place = places[each];
    return place ? [{ code: each, away: distance(from, place) }] : [];
  });
  return reachable.toSorted((a, b) => a.away - b.away)[0]?.code;
}
