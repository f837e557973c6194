/** What was made for each name, the newest so many of them. What failed is made again when it is asked for. */
export function openRecent<Made>(most: number) {
  const known = new Map<string, Promise<Made>>();
  return (name: string, make: () => Promise<Made>): Promise<Made> => {
    const made = known.get(name) ?? make();
    // Moved to the end: a map keeps the order in which its keys came, so the first one was asked for longest ago.
    known.delete(name);
    known.set(name, made);
    for (const [oldest] of known) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    made.catch(() => {
      if (known.get(name) === made) known.delete(name);
    });
    return made;
  };
}
