import { randomBytes } from "node:crypto";

/** A name as a part of an address; the end keeps two products of one name apart. */
export function slugFrom(name: string, end: string = randomBytes(3).toString("hex")): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-+|-+$/g, "");
  return [plain, end].filter(Boolean).join("-");
}
