/** A point on the map, in degrees. */
export interface Coordinates {
  latitude: number;
  longitude: number;
}

const pattern = /^\s*(-?\d{1,2}(?:\.\d{1,12})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*$/;

/** Reads "48.8566, 2.3522"; undefined for what is no point on Earth. */
export function coordinatesFrom(typed: string): Coordinates | undefined {
  const [, north, east] = pattern.exec(typed) ?? [];
  const [latitude, longitude] = [Number(north), Number(east)];
  // Also false for NaN, where the pattern did not match.
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}
