import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { hub } from "../../hub/client.ts";
import type { Language } from "../language.ts";
import { Page } from "../page.tsx";
import { Trouble } from "../trouble.tsx";
import { words } from "../words.ts";
import { AskForm } from "./ask-form.tsx";
import { fieldsOf } from "./fields.ts";
import { Sent, type Submitted } from "./sent.tsx";

/** The form with which somebody asks for an instance of a blueprint. */
export function AskPage({ blueprint, language }: { blueprint: string; language: Language }) {
  const [sent, setSent] = useState<Submitted>();
  const blueprints = useQuery({
    queryKey: ["blueprints"],
    queryFn: ({ signal }) => hub.call("listBlueprints", { query: {} }, { signal }),
    // A form does not change under somebody's hands.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { ask, loading } = words[language];
  if (sent !== undefined) return <Sent sent={sent} language={language} />;
  if (blueprints.isPending)
    return (
      <Page language={language} title={ask.title} intro={ask.intro}>
        <VisuallyHidden role="status">{loading}</VisuallyHidden>
        <Stack gap="xl" aria-hidden>
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} h={72} radius="md" />
          ))}
        </Stack>
      </Page>
    );
  if (blueprints.isError)
    return (
      <Page language={language} title={ask.title}>
        <Trouble
          error={blueprints.error}
          about="input"
          language={language}
          onAgain={() => void blueprints.refetch()}
        />
      </Page>
    );
  const asked = blueprints.data.items.find(({ name }) => name === blueprint);
  if (asked === undefined) return <Page language={language} title={ask.unknown} intro={ask.unknownNext} />;
  return (
    <Page language={language} title={ask.title} intro={ask.intro}>
      <AskForm
        blueprint={blueprint}
        fields={fieldsOf(asked.questions)}
        language={language}
        own={asked.words?.[language]}
        onSent={setSent}
      />
    </Page>
  );
}
