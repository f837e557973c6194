/** A size as a person says it: "340 B", "12.5 MB". */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = size < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  return `${step === 0 ? size : (size / 1_000 ** step).toFixed(1)} ${units[step]}`;
}
