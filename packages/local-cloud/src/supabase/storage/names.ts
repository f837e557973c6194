import { invalidKey, invalidMimeType, StorageProblem, tooLarge } from "./problem.ts";

/** What the characters of an object's name may be: letters, digits and what S3 takes without further ado. */
const keyPattern = /^[A-Za-z0-9_/!.*'() &$=@;:+,?-]+$/;
const bucketPattern = /^[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,100}$/;
const maxKeyLength = 1024;

/** The largest file, where a bucket says nothing smaller: the default of a hosted project. */
export const maxFileBytes = 50 * 1024 * 1024;

/** Refuses names that hosted Storage refuses; and, stricter, such with empty parts, `.` or `..`, that mean nothing good. */
export function mustBeKey(key: string): string {
  const parts = key.split("/");
  const odd = parts.some((part) => part === "" || part === "." || part === "..");
  if (odd || key.length > maxKeyLength || !keyPattern.test(key)) throw invalidKey(key.slice(0, maxKeyLength));
  return key;
}

/** Refuses what no bucket may be called. */
export function mustBeBucketName(name: string): string {
  if (!bucketPattern.test(name) || name.trim() !== name || /^\.+$/.test(name))
    throw new StorageProblem(400, "InvalidBucketName", "Bucket name invalid", "Invalid Input");
  return name;
}

const units = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** A bucket's size limit in bytes, given as such or as "20MB". */
export function limitInBytes(given: number | string): number {
  const found = /^(\d+(?:\.\d+)?)(gb|mb|kb|b)$/i.exec(String(given));
  const unit = found?.[2]?.toLowerCase() as keyof typeof units | undefined; // the pattern knows no other
  if (typeof given === "string" && unit === undefined)
    throw new StorageProblem(
      400,
      "InvalidRequest",
      "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B",
    );
  const bytes = typeof given === "number" ? given : Math.round(Number(found?.[1]) * units[unit ?? "b"]);
  if (bytes > maxFileBytes) throw tooLarge();
  return bytes;
}

/** Refuses what cannot stand among a bucket's allowed types. */
export function mustBeMimeTypes(types: readonly string[]): void {
  const pattern = /^[a-zA-Z0-9\-+.]+\/([a-zA-Z0-9\-+.]+(;\s*charset=[a-zA-Z0-9-]+)?|\*)$/;
  for (const type of types) if (type.length > 1000 || !pattern.test(type)) throw invalidMimeType(type);
}

/** Refuses a type that the bucket does not take; its list may say `image/*`. */
export function mustBeAllowed(type: string, allowed: readonly string[]): void {
  const family = `${type.split("/")[0]}/*`;
  if (!type.includes("/") || !allowed.some((each) => each === type || each === family))
    throw invalidMimeType(type);
}
