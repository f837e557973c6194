/** Where Supabase makes projects (its Management API's list, 2026-11-21). */
export const regions = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "sa-east-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-north-1",
  "eu-central-1",
  "eu-central-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-east-1",
] as const;
export type Region = (typeof regions)[number];

// Other regions of the cloud below, which people know by name, and the nearest that is offered.
const neighbours: Record<string, Region> = {
  "af-south-1": "eu-west-3",
  "me-south-1": "ap-south-1",
  "me-central-1": "ap-south-1",
  "il-central-1": "eu-central-1",
  "eu-south-1": "eu-central-2",
  "eu-south-2": "eu-west-3",
  "ap-south-2": "ap-south-1",
  "ap-southeast-3": "ap-southeast-1",
  "ap-southeast-4": "ap-southeast-2",
  "ap-southeast-5": "ap-southeast-1",
  "ap-southeast-7": "ap-southeast-1",
  "ap-northeast-3": "ap-northeast-1",
  "ap-east-2": "ap-east-1",
  "ca-west-1": "us-west-2",
  "mx-central-1": "us-east-2",
};

const continents: Record<string, Region> = {
  us: "us-east-1",
  ca: "ca-central-1",
  mx: "us-east-2",
  sa: "sa-east-1",
  eu: "eu-west-3",
  af: "eu-west-3",
  me: "ap-south-1",
  ap: "ap-southeast-1",
};

/** The offered region that lies nearest to one that is not offered; undefined for what is no region at all. */
export function nearestRegion(asked: string): Region | undefined {
  const region = asked.trim().toLowerCase();
  const [continent = ""] = region.split("-");
  return neighbours[region] ?? (Object.hasOwn(continents, continent) ? continents[continent] : undefined);
}

/** Where an instance goes when nobody says where: near those who speak its language. */
export function regionFor(locale: string): Region {
  return locale === "id" ? "ap-southeast-1" : "eu-west-3";
}
