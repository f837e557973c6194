import path from "node:path";
import { folderStorage } from "@atoll/archive/folder";
import { s3Storage } from "@atoll/archive/s3";
import type { Storage } from "@atoll/archive/storage";
import { Fault } from "@atoll/core/fault";
import { Secret } from "@atoll/core/secret";
import type { SecretKeys } from "../home.ts";

/** Where archives of all instances lie, and what seals them. */
export interface ArchiveStorage {
  storage: Storage;
  /** The hub's present key first, then older ones while they are being replaced. */
  hubKeys: readonly [Uint8Array, ...Uint8Array[]];
  /** For people: "the folder /srv/backups", "the bucket atoll-backups". */
  place: string;
}

function wrong(what: string, next: string, field = "ATOLL_BACKUPS"): never {
  throw new Fault("rejected", { what, next, field });
}

/**
 * The storage that `ATOLL_BACKUPS` names: a folder, or `s3://BUCKET/PREFIX` with `ATOLL_BACKUPS_ENDPOINT`, `_REGION`,
 * `_ACCESS_KEY_ID` and `_SECRET_ACCESS_KEY`. Default: `backups` in the hub's home. Touches nothing; throws a `Fault` that
 * names the variable.
 */
export function archiveStorage(
  env: NodeJS.ProcessEnv,
  home: string,
  { key, olderKeys }: SecretKeys,
): ArchiveStorage {
  const given = env.ATOLL_BACKUPS || path.join(home, "backups");
  const hubKeys = [key, ...olderKeys] as const;
  if (given.startsWith("s3:")) return { ...bucketIn(given, env), hubKeys };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given))
    wrong(
      "ATOLL_BACKUPS is an address that is no bucket.",
      "Set it to a folder, or to s3://BUCKET/PREFIX for a bucket at any server that speaks S3.",
    );
  const folder = path.resolve(given);
  return { storage: folderStorage(folder), place: `the folder ${folder}`, hubKeys };
}

function bucketIn(given: string, env: NodeJS.ProcessEnv): Omit<ArchiveStorage, "hubKeys"> {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9_~./-]*))?$/.exec(given);
  if (!found || found[2]?.includes("..") || found[2]?.includes("//"))
    wrong("ATOLL_BACKUPS is no address of a bucket.", "Write it as s3://BUCKET or s3://BUCKET/PREFIX.");
  const [, bucket = "", folder = ""] = found;
  const need = (end: string, next: string) => {
    const name = `ATOLL_BACKUPS_${end}`;
    return env[name] || wrong(`Backups go to a bucket, and ${name} is not set.`, next, name);
  };
  const region = env.ATOLL_BACKUPS_REGION || "us-east-1";
  const endpoint = env.ATOLL_BACKUPS_ENDPOINT || `https://s3.${region}.amazonaws.com`;
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ""))
    wrong(
      "ATOLL_BACKUPS_ENDPOINT is no address.",
      "Set it to where the server listens, such as https://s3.eu-central-1.amazonaws.com.",
      "ATOLL_BACKUPS_ENDPOINT",
    );
  const prefix = folder.replace(/^\/+|\/+$/g, "");
  const storage = s3Storage({
    endpoint,
    region,
    bucket,
    accessKeyId: need("ACCESS_KEY_ID", "Set it to the id of an access key that may use the bucket."),
    secretAccessKey: new Secret(
      "ATOLL_BACKUPS_SECRET_ACCESS_KEY",
      need("SECRET_ACCESS_KEY", "Set it to the secret of that access key."),
    ),
    ...(prefix !== "" && { prefix: `${prefix}/` }),
  });
  return { storage, place: `the bucket ${bucket}` };
}
