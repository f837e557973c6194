import { mapCentreFrom } from "../community/map-centre";

/** The types that a value of the vault can have. */
export const vaultTypes = ["text", "number", "boolean", "coordinates", "json", "url", "email"] as const;
export type VaultType = (typeof vaultTypes)[number];

/** What the vault's database takes as a key. */
export const vaultKey = /^(?!ATOLL_)[A-Z][A-Z0-9_]{0,99}$/;

function parsed(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? undefined : { value };
  } catch {
    return undefined;
  }
}

/** Reads what was typed into a value of that type; undefined when it does not fit. A secret may be any text. */
export function vaultValueFrom(
  type: VaultType,
  typed: string,
  secret: boolean,
): { value: unknown } | undefined {
  const text = typed.trim();
  switch (type) {
    case "text":
      return { value: text };
    case "url":
      return /^https?:\/\/[^\s"<>]+$/.test(text) ? { value: text } : undefined;
    case "email":
      return /^[^@\s"<>]+@[^@\s"<>]+$/.test(text) ? { value: text } : undefined;
    case "number":
      return text !== "" && Number.isFinite(Number(text)) ? { value: Number(text) } : undefined;
    case "boolean":
      return text === "true" || text === "false" ? { value: text === "true" } : undefined;
    case "coordinates": {
      const parts = text.split(/[\s,;]+/);
      const [latitude, longitude, zoom = 13] = parts.map(Number);
      const centre = parts.length <= 3 ? mapCentreFrom({ latitude, longitude, zoom }) : undefined;
      return centre && { value: centre };
    }
    case "json":
      return parsed(text) ?? (secret && text !== "" ? { value: text } : undefined);
  }
}

/** A public value as it is typed. */
export function vaultText(type: VaultType, value: unknown): string {
  const centre = type === "coordinates" ? mapCentreFrom(value) : undefined;
  if (centre) return `${centre.latitude}, ${centre.longitude}, ${centre.zoom}`;
  if (type === "json" || typeof value === "object") return JSON.stringify(value, null, 2);
  return String(value);
}
