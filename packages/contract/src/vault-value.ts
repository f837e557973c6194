import type { VaultChange } from "./schemas/vault.ts";

type VaultType = NonNullable<VaultChange["type"]>;

/** A value of a type as people type it: JSON for all but text. Undefined where it reads as nothing of that type. */
export function valueFrom(type: VaultType, typed: string): unknown {
  if (type === "text" || type === "url" || type === "email") return typed;
  if (type === "coordinates") {
    const [latitude, longitude, zoom] = typed
      .split(/[,;\s]+/)
      .filter(Boolean)
      .map(Number);
    if (Number.isFinite(latitude) && Number.isFinite(longitude))
      return { latitude, longitude, ...(zoom !== undefined && { zoom }) };
  }
  try {
    return JSON.parse(typed);
  } catch {
    return undefined;
  }
}
