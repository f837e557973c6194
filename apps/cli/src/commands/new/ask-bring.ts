import type { Answers, Asking } from "./asking.ts";
import type { Check } from "./prompts.ts";

/** Asks what the client has already. Undefined = everything is made. Keys are tried before the next question. */
export async function askBring(asking: Asking, answers: Answers): Promise<object | undefined> {
  const { prompts, words } = asking;
  const options = [
    { value: "make", label: words.make },
    { value: "bring", label: words.bring },
  ];
  const bring: Record<string, unknown> = {};
  while ((await prompts.choice(words.supabase, options, "make")) === "bring") {
    bring.supabase = await askProject(asking, answers);
    const problem = await tried(asking, answers, bring, "bring.supabase");
    if (problem === undefined) break;
    prompts.refuse(problem);
    delete bring.supabase;
  }
  if (await prompts.yes(words.others, words, false)) {
    for (const thing of ["repository", "site"] as const) {
      const typed = await prompts.text(words[thing], {
        check: async (text) =>
          text === ""
            ? undefined
            : await tried(asking, answers, { ...bring, [thing]: text }, `bring.${thing}`),
      });
      if (typed !== "") bring[thing] = typed;
    }
  }
  return Object.keys(bring).length === 0 ? undefined : bring;
}

async function askProject(asking: Asking, answers: Answers): Promise<object> {
  const { prompts, words } = asking;
  const project: Record<string, string> = {};
  /** By the rules of this field alone: the others are still missing. */
  const checkOf =
    (name: string, isNeeded = true): Check =>
    async (typed) => {
      if (typed === "" && !isNeeded) return undefined;
      const given = { supabase: { ...project, [name]: typed } };
      const problems = await asking.desk.problemsOf(asking.kind.name, { ...answers, bring: given }, "bring");
      const mine = problems.find(({ field }) => field === `bring.supabase.${name}`);
      return mine && words.again(mine.what);
    };
  project.url = await prompts.text(words.url, { check: checkOf("url") });
  project.publishableKey = await prompts.text(words.publishableKey, { check: checkOf("publishableKey") });
  project.secretKey = await prompts.secret(words.secretKey, checkOf("secretKey"));
  const databaseUrl = await prompts.secret(words.databaseUrl, checkOf("databaseUrl", false));
  return { ...project, ...(databaseUrl !== "" && { databaseUrl }) };
}

/** What the providers say of the things so far; nothing that was not asked about yet. */
async function tried(
  { desk, kind, prompts, words }: Asking,
  answers: Answers,
  bring: object,
  about: string,
): ReturnType<Check> {
  const look = () => desk.problemsOf(kind.name, { ...answers, bring }, about);
  const [problem] = await prompts.during(words.checking, look);
  return problem && words.again(`${problem.field.slice("bring.".length)} ${problem.what}`);
}
