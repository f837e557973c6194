import { DataProblem } from "./problem.ts";

/** One entry of `select=`: a column (with JSON path and cast) or an embedded table. */
export type Selected =
  | { is: "column"; name: string; path: JsonStep[]; cast?: string; alias?: string }
  | { is: "embed"; target: string; hint?: string; inner: boolean; alias?: string; fields: Selected[] };

export interface JsonStep {
  key: string;
  asText: boolean;
}

const wrong = (text: string, at: number) =>
  new DataProblem(
    400,
    "PGRST100",
    `"failed to parse select parameter (${text})" (line 1, column ${at + 1})`,
    {
      details: `unexpected "${text.slice(at, at + 1)}"`,
    },
  );

/** Parses `select=a,b:c->>d,company:companies!hint(name)`; an empty text means `*`. */
export function parseSelect(text: string): Selected[] {
  let at = 0;
  const source = text.replace(/\s/g, "");

  function name(): string {
    if (source[at] === '"') {
      const end = source.indexOf('"', at + 1);
      if (end < 0) throw wrong(source, at);
      const quoted = source.slice(at + 1, end);
      at = end + 1;
      return quoted;
    }
    const found = /^[\p{L}\p{N}_$*]+/u.exec(source.slice(at))?.[0];
    if (found === undefined) throw wrong(source, at);
    at += found.length;
    return found;
  }

  function steps(): JsonStep[] {
    const found: JsonStep[] = [];
    while (source.startsWith("->", at)) {
      const asText = source.startsWith("->>", at);
      at += asText ? 3 : 2;
      found.push({ key: name(), asText });
    }
    return found;
  }

  function entry(): Selected {
    let first = name();
    let alias: string | undefined;
    if (source[at] === ":" && source[at + 1] !== ":") {
      at += 1;
      alias = first;
      first = name();
    }
    let hint: string | undefined;
    let inner = false;
    while (source[at] === "!") {
      at += 1;
      const word = name();
      if (word === "inner") inner = true;
      else if (word !== "left") hint = word;
    }
    const renamed = alias === undefined ? {} : { alias };
    if (source[at] === "(") {
      at += 1;
      const fields = source[at] === ")" ? [] : list();
      if (source[at] !== ")") throw wrong(source, at);
      at += 1;
      return {
        is: "embed",
        target: first,
        inner,
        fields,
        ...renamed,
        ...(hint === undefined ? {} : { hint }),
      };
    }
    const path = steps();
    let cast: string | undefined;
    if (source.startsWith("::", at)) {
      at += 2;
      cast = name();
    }
    return { is: "column", name: first, path, ...renamed, ...(cast === undefined ? {} : { cast }) };
  }

  function list(): Selected[] {
    const entries = [entry()];
    while (source[at] === ",") {
      at += 1;
      entries.push(entry());
    }
    return entries;
  }

  if (source === "") return [{ is: "column", name: "*", path: [] }];
  const entries = list();
  if (at < source.length) throw wrong(source, at);
  return entries;
}
