import type { FormWords } from "@atoll/core/blueprint";
import type { Question } from "./questions.ts";
import { type Language, words } from "./words.ts";

const places: Record<string, readonly [country: string, city: string]> = {
  "us-east-1": ["US", "Virginia"],
  "us-east-2": ["US", "Ohio"],
  "us-west-1": ["US", "California"],
  "us-west-2": ["US", "Oregon"],
  "ca-central-1": ["CA", "Montréal"],
  "sa-east-1": ["BR", "São Paulo"],
  "eu-west-1": ["IE", "Dublin"],
  "eu-west-2": ["GB", "London"],
  "eu-west-3": ["FR", "Paris"],
  "eu-north-1": ["SE", "Stockholm"],
  "eu-central-1": ["DE", "Frankfurt"],
  "eu-central-2": ["CH", "Zürich"],
  "ap-south-1": ["IN", "Mumbai"],
  "ap-southeast-1": ["SG", "Singapore"],
  "ap-southeast-2": ["AU", "Sydney"],
  "ap-northeast-1": ["JP", "Tokyo"],
  "ap-northeast-2": ["KR", "Seoul"],
  "ap-east-1": ["HK", "Hong Kong"],
};

const languages: Record<string, string> = { en: "English", fr: "Français", id: "Bahasa Indonesia" };

const own = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

/** "botName" → "Bot name": for a question or an option without words of its own. */
function spelledOut(name: string): string {
  const text = name.replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a question is called: by the blueprint's own words, by everybody's, or spelled out. */
export function labelOf(question: Question, language: Language, form: FormWords | undefined): string {
  const { name } = question;
  return own(form?.[language]?.fields, name) ?? own(words[language].fields, name) ?? spelledOut(name);
}

/** What an option is called; a region by where it is. */
export function optionLabel(
  field: string,
  option: string,
  language: Language,
  form: FormWords | undefined,
): string {
  const told = own(own(form?.[language]?.options, field), option);
  if (told !== undefined) return told;
  if (field === "locale") return own(languages, option) ?? option;
  if (field === "modules") return own(words[language].modules, option) ?? spelledOut(option);
  if (field === "federation")
    return own({ yes: words[language].yes, no: words[language].no }, option) ?? option;
  const place = field === "region" ? own(places, option) : undefined;
  if (place === undefined) return field === "region" ? option : spelledOut(option);
  const [country, city] = place;
  const land = new Intl.DisplayNames(language, { type: "region" }).of(country) ?? country;
  return land === city ? `${city} (${option})` : `${land}, ${city} (${option})`;
}
