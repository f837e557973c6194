import type { Answer } from "@atoll/contract/types";
import { Anchor, Text } from "@mantine/core";
import type { Language } from "../language.ts";
import { Page } from "../page.tsx";
import { words } from "../words.ts";

/** What the hub answered to a request, and where its mail went. */
export type Submitted = Answer<"submitRequest"> & { email: string };

/** What to do after the form was sent. */
export function Sent({ sent, language }: { sent: Submitted; language: Language }) {
  const text = words[language].sent;
  return (
    <Page
      language={language}
      title={sent.confirm ? text.title : text.titleDone}
      focusTitle
      intro={sent.confirm ? text.mail(sent.email) : text.done}
    >
      {sent.confirm && <Text>{text.noMail}</Text>}
      {sent.statusUrl !== undefined && <Anchor href={sent.statusUrl}>{text.follow}</Anchor>}
    </Page>
  );
}
