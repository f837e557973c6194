/** The largest file that the store takes. */
export const maxFileBytes = 52_428_800;

/** What a file is called by its owner, without what no name may hold; empty if nothing is left. */
export function fileNameFrom(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? "";
  return [...last.replace(/\p{Cc}/gu, "").trim()].slice(0, 255).join("");
}

/** The kind of a file as the browser names it, or the kind of files of which nothing is known. */
export function mimeTypeFrom(given: string): string {
  const type = given.toLowerCase().split(";")[0]?.trim() ?? "";
  const known = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/.test(type) && type.length <= 127;
  return known ? type : "application/octet-stream";
}
