import type { MapCentre } from "./map-centre";

/** A point on Earth in degrees. */
export interface Point {
  latitude: number;
  longitude: number;
}

/** The frame's size in the units of its drawing. */
export const frame = { width: 640, height: 360 } as const;

// Mercator has no poles.
const mostLatitude = 85.05113;

/** Where a point lies on the world's map, both from 0 to 1. */
function onWorld({ latitude, longitude }: Point): { x: number; y: number } {
  const bounded = Math.max(-mostLatitude, Math.min(mostLatitude, latitude));
  const sine = Math.sin((bounded * Math.PI) / 180);
  return {
    x: (longitude + 180) / 360,
    y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI),
  };
}

/** Where a point stands in the frame around the centre, as maps on the web are drawn; undefined outside of it. */
export function inFrame(point: Point, centre: MapCentre): { x: number; y: number } | undefined {
  const world = 256 * 2 ** centre.zoom;
  const [here, middle] = [onWorld(point), onWorld(centre)];
  // The short way around: the date line is no edge.
  const east = ((here.x - middle.x + 1.5) % 1) - 0.5;
  const x = frame.width / 2 + east * world;
  const y = frame.height / 2 + (here.y - middle.y) * world;
  const inside = x >= 0 && x <= frame.width && y >= 0 && y <= frame.height;
  return inside ? { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 } : undefined;
}

/** The address of OpenStreetMap's page around a point; with a mark on it if it is a place. */
export function openStreetMap({ latitude, longitude }: Point, zoom: number, mark: boolean): string {
  const map = `#map=${Math.round(zoom)}/${latitude}/${longitude}`;
  return `https://www.openstreetmap.org/${mark ? `?mlat=${latitude}&mlon=${longitude}` : ""}${map}`;
}
