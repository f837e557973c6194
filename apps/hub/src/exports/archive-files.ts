import { type Signature, signature } from "@atoll/archive/make";
import type { Archive } from "@atoll/archive/open";
import { keyId } from "@atoll/archive/seal";
import { packTar, type TarFile, tarBytes } from "@atoll/archive/tar";

/** An archive as one tar. */
export interface Packed {
  /** "toko-a-2026-11-30.tar". */
  name: string;
  sizeBytes: number;
  /** The same bytes whenever they are asked for: who was cut off goes on at `from`. */
  content(from: number): AsyncIterable<Uint8Array>;
}

/**
 * An archive for people: in a folder of its own, without the seal that it has in the storage, and signed instead. Part by
 * part, so that memory stays small.
 */
export function packed(archive: Archive, hubKey: Uint8Array): Packed {
  const { manifest, manifestBytes } = archive;
  const { instance, kind, madeAt, parts } = manifest;
  const stem = `${instance.slug}-${kind}-${madeAt.slice(0, 10)}`;
  const signed: Signature = {
    format: "atoll-signature",
    formatVersion: 1,
    signedBy: keyId(hubKey),
    hmac: signature(hubKey, manifestBytes),
  };
  const whole = (name: string, bytes: Buffer): TarFile => ({
    name: `${stem}/${name}`,
    sizeBytes: bytes.length,
    content: () => [bytes],
  });
  const files = [
    whole("manifest.json", manifestBytes),
    whole("manifest.hmac", Buffer.from(`${JSON.stringify(signed, null, 2)}\n`)),
    ...parts.map((part) => ({
      name: `${stem}/${part.name}`,
      sizeBytes: part.sizeBytes,
      async *content() {
        yield await archive.packed(part);
      },
    })),
  ];
  const at = new Date(madeAt);
  return {
    name: `${stem}.tar`,
    sizeBytes: tarBytes(files, at),
    content: (from) => packTar(files, at, from),
  };
}
