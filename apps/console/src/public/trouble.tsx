import { HubProblem } from "@atoll/contract/client";
import { Alert, Button, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Language } from "./language.ts";
import { words } from "./words.ts";

/** Whether a refusal is about the link that somebody opened. */
type About = "link" | "input";

/** What a person reads first, in their language: by what they can do about it. */
function lead(error: unknown, about: About, language: Language): string {
  const { trouble } = words[language];
  if (!(error instanceof HubProblem)) return trouble.offline;
  const { status } = error.problem;
  if (status === 429) return trouble.tooMany;
  if (status >= 500) return trouble.ours;
  return about === "link" && status === 404 ? trouble.link : trouble.other;
}

/** What the hub itself says of a refusal, of one field or in whole, in the language that it says. */
export function HubWords({ error, field }: { error: unknown; field?: string }): ReactNode {
  if (!(error instanceof HubProblem) || error.problem.status >= 500) return null;
  const { title, next, problems, language = "en" } = error.problem;
  const ofField = field === undefined ? undefined : problems?.find((each) => each.field === field)?.what;
  return <span lang={language}>{ofField === undefined ? `${title} ${next}` : sentence(ofField)}</span>;
}

/** "is empty" → "Is empty.": what stands behind a name elsewhere stands alone at its field. */
const sentence = (text: string) => `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}.`;

interface TroubleProps {
  error: unknown;
  about: About;
  language: Language;
  onAgain?: () => void;
}

/** An error in place: what happened, what to do, and a button where trying again may help. */
export function Trouble({ error, about, language, onAgain }: TroubleProps) {
  const known = lead(error, about, language) !== words[language].trouble.other;
  return (
    <Alert role="alert" color="red" variant="light" radius="md">
      <Stack gap="sm" align="flex-start">
        <Text c="bright">{lead(error, about, language)}</Text>
        {!known && (
          <Text c="bright" size="sm">
            <HubWords error={error} />
          </Text>
        )}
        {onAgain && (
          <Button variant="default" onClick={onAgain}>
            {words[language].again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
