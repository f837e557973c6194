import { Secret } from "@atoll/core/secret";

/** Shapes of tokens that providers hand out: the second fence, for those that we did not send ourselves. */
const tokenShapes = [
  /\b(?:sbp|sb_secret|re|ghp|gho|ghu|ghs|ghr|github_pat|vcp|vercel|nf[a-z])_[A-Za-z0-9_-]{8,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g,
  /\bBearer\s+[A-Za-z0-9._~+/-]{8,}=*/gi,
  /(?<=:\/\/[^\s:/@]*:)[^\s@]+(?=@)/g,
];

/** The ways in which a value may come back in an error text. */
function spellings(value: string): string[] {
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString("base64"),
  ];
}

/** A function that takes these secrets, and whatever looks like a token, out of a text that people will see. */
export function redactor(secrets: readonly Secret[]): (text: string) => string {
  return (text) => {
    let clean = text;
    for (const secret of secrets)
      for (const spelling of spellings(secret.expose()))
        if (spelling.length >= 3) clean = clean.replaceAll(spelling, `${secret}`);
    for (const shape of tokenShapes) clean = clean.replace(shape, "[redacted]");
    return clean;
  };
}

/**
 * JSON with the values of all `Secret` handles in it: the one spot where a body's secrets are exposed.
 * `exposed` names them, so that error texts can be cleaned of them.
 */
export function exposeJson(body: unknown): { json: string; exposed: Secret[] } {
  const exposed: Secret[] = [];
  const json = JSON.stringify(body, function (this: Record<string, unknown>, key, value) {
    const held = this[key]; // `value` is already the printed form, by Secret's own toJSON
    if (!(held instanceof Secret)) return value;
    exposed.push(held);
    return held.expose();
  });
  return { json, exposed };
}
