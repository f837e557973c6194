import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

const inside = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  inside.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 96], // also IPv4-compatible addresses: ::10.0.0.1
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32], // Teredo: an IPv4 address of any kind stands within
  ["2002::", 16], // 6to4: an IPv4 address of any kind stands within
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const)
  inside.addSubnet(net, bits, "ipv6");

/** A host as it is called, without brackets: "0x7f.1" is 127.0.0.1. */
function plain(host: string): string {
  const url = URL.parse(`http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}`);
  return (url?.hostname ?? host).replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** Whether a host, by its name alone, is this machine or one of an inner network. Asks nobody. */
export function isInside(host: string): boolean {
  const name = plain(host);
  const version = isIP(name);
  if (version !== 0) return inside.check(name, version === 6 ? "ipv6" : "ipv4");
  return !name.includes(".") || /\.(localhost|local|internal)$/.test(name);
}

/** The same, also by every address that the name has now. A name that has none is not: calling it fails by itself. */
export async function leadsInside(host: string): Promise<boolean> {
  if (isInside(host)) return true;
  const found = await lookup(plain(host), { all: true }).catch(() => []);
  return found.some(({ address }) => isInside(address));
}
