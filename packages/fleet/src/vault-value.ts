import { holdsOddText, type VaultType } from "./vault.ts";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const within = (value: unknown, least: number, most: number) =>
  typeof value === "number" && value >= least && value <= most;

const fits: Record<VaultType, [(value: unknown) => boolean, string]> = {
  text: [isText, "text"],
  number: [(value) => typeof value === "number" && Number.isFinite(value), "a number"],
  boolean: [(value) => typeof value === "boolean", "true or false"],
  json: [() => true, "JSON"],
  url: [
    (value) => isText(value) && /^https?:\/\/[^\s"<>]+$/.test(value),
    "an address that starts with https://",
  ],
  email: [(value) => isText(value) && /^[^@\s"<>]+@[^@\s"<>]+$/.test(value), "an email address"],
  coordinates: [
    (value) =>
      isObject(value) &&
      within(value.latitude, -90, 90) &&
      within(value.longitude, -180, 180) &&
      (value.zoom === undefined || within(value.zoom, 0, 22)),
    "latitude and longitude in degrees, and a zoom from 0 to 22 if you like",
  ],
};

const mostBytes = 20_000;
const mostDeep = 50;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)));

/** What is wrong with a value of this type, in words that do not repeat it; undefined when it fits. */
export function valueProblem(type: VaultType, value: unknown): string | undefined {
  const [is, words] = fits[type];
  if (value === undefined || value === null) return "Give a value.";
  if (!is(value)) return `Its type is ${type}: give ${words}.`;
  if (isDeeper(value, mostDeep)) return `The value is nested deeper than ${mostDeep} levels.`;
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > mostBytes)
    return `Give a value of at most ${mostBytes.toLocaleString("en")} bytes.`;
  if (holdsOddText(value)) return "The value holds a character that no database keeps.";
  return undefined;
}
