import { generateKeyPairSync, sign } from "node:crypto";

const wrap = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 128
      ? Buffer.from([length])
      : length < 256
        ? Buffer.from([0x81, length])
        : Buffer.from([0x82, length >> 8, length & 255]);
  return Buffer.concat([Buffer.from([tag]), size, body]);
};
const sequence = (...parts: Buffer[]) => wrap(0x30, ...parts);
/** UTCTime: "261130083515Z". */
const utcTime = (at: Date) =>
  wrap(0x17, Buffer.from(`${at.toISOString().replace(/\D/g, "").slice(2, 14)}Z`, "ascii"));
const ecdsaWithSha256 = sequence(wrap(0x06, Buffer.from("2a8648ce3d040302", "hex")));
/** CN=localhost. */
const name = sequence(
  wrap(0x31, sequence(wrap(0x06, Buffer.from("550403", "hex")), wrap(0x0c, Buffer.from("localhost")))),
);

/** A key with a certificate for "localhost", signed by itself, that ended or ends at a moment. Made anew each time. */
export function certificateUntil(end: Date): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const begin = new Date(Math.min(end.getTime(), Date.now()) - 86_400_000);
  const content = sequence(
    wrap(0xa0, wrap(0x02, Buffer.from([2]))), // X.509 version 3
    wrap(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(utcTime(begin), utcTime(end)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", content, privateKey);
  const whole = sequence(content, ecdsaWithSha256, wrap(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
