// Names of parts. They become file names and S3 keys, so they are made of few characters, whatever the table is called.

const plain = /[a-z0-9_-]/;
const segment = "[a-z0-9_~-][a-z0-9_~.-]*";
const pattern = new RegExp(`^${segment}(/${segment}){0,2}$`);
const mostLength = 400;

/** Any text as a piece of a part's name: bytes outside a-z, 0-9, `_` and `-` as `~` and two hex digits. One-to-one. */
export function nameOf(text: string): string {
  let name = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const character = String.fromCharCode(byte);
    name += plain.test(character) ? character : `~${byte.toString(16).padStart(2, "0")}`;
  }
  return name;
}

/** Whether a name may be a part's: no absolute path, no way out of its folder, no odd character, 400 characters at most. */
export const isPartName = (name: string): boolean => name.length <= mostLength && pattern.test(name);

/** `PREFIX.00001.ndjson.gz`: the numbered parts of one table or file, from 1. */
export const numbered = (prefix: string, number: number, ending: string): string =>
  `${prefix}.${String(number).padStart(5, "0")}.${ending}`;
