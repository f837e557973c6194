/** A point on the map in degrees, and how near the map is. */
export interface MapCentre {
  latitude: number;
  longitude: number;
  zoom: number;
}

/** Reads a point; undefined for what is none on Earth. */
export function mapCentreFrom(value: unknown): MapCentre | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { latitude, longitude, zoom = 13 } = value as Record<string, unknown>; // any object: its keys are only looked at
  if (typeof latitude !== "number" || typeof longitude !== "number" || typeof zoom !== "number") return;
  const known = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 22;
  return known ? { latitude, longitude, zoom } : undefined;
}
