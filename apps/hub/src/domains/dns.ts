/** What a local cloud's DNS says of a name, in the shape of a machine's own resolver. */
export const resolveAt =
  (cloudUrl: string) =>
  async (name: string): Promise<{ a: string[]; cname: string[] }> => {
    const answer = await fetch(`${cloudUrl}/control/dns?name=${encodeURIComponent(name)}`);
    const all = (await answer.json()) as { type: string; value: string }[]; // as the control endpoint gives it
    const of = (type: string) => all.filter((each) => each.type === type).map(({ value }) => value);
    return { a: of("A"), cname: of("CNAME") };
  };
