/** What we wrote down when we set a variable. */
export interface Note {
  /** Of a secret value, which cannot be read back. */
  fingerprint?: string;
  /** When Netlify says that this value was set, in milliseconds since 1970: another time means another hand. */
  setAt?: number;
}

/**
 * The variable in which a step writes down what it set, since Netlify's variables have no room for comments:
 * `KEY` for one that can be read, `KEY:fingerprint:time` for a secret, parted by spaces.
 */
export const notesKey = (name: string) => `ATOLL_SET_${name.toUpperCase().replace(/[^A-Z0-9]+/g, "_")}`;

/** The notes as one text, always in the same order. */
export function writtenNotes(notes: ReadonlyMap<string, Note>): string {
  const entries = [...notes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries
    .map(([key, { fingerprint, setAt }]) => [key, fingerprint, setAt].filter(Boolean).join(":"))
    .join(" ");
}

/** The notes in a text; what somebody else wrote there is no note. */
export function readNotes(text: string): Map<string, Note> {
  const entries = text.split(" ").flatMap((entry): [string, Note][] => {
    const [, key, fingerprint, setAt] = /^([A-Za-z_]\w*)(?::([0-9a-f]{16}):(\d+))?$/.exec(entry) ?? [];
    if (key === undefined) return [];
    return [[key, fingerprint === undefined ? {} : { fingerprint, setAt: Number(setAt) }]];
  });
  return new Map(entries);
}
