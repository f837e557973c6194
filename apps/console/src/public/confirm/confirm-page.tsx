import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { hub } from "../../hub/client.ts";
import type { Language } from "../language.ts";
import { Page } from "../page.tsx";
import { Trouble } from "../trouble.tsx";
import { words } from "../words.ts";

/** Confirms an address by a press: programs that look through mails open links, but press nothing. */
export function ConfirmPage({ token, language }: { token: string | undefined; language: Language }) {
  const confirm = useMutation({
    mutationFn: (given: string) => hub.call("confirmRequest", { body: { token: given } }),
  });
  const text = words[language].confirm;
  if (token === undefined) return <Page language={language} title={text.title} intro={text.noToken} />;
  if (confirm.isSuccess)
    return (
      <Page language={language} title={text.doneTitle} focusTitle intro={text.done(confirm.data.name)}>
        <Button component="a" href={confirm.data.statusUrl} size="lg" radius="md">
          {words[language].sent.follow}
        </Button>
      </Page>
    );
  return (
    <Page language={language} title={text.title} intro={text.intro}>
      {confirm.isError && <Trouble error={confirm.error} about="link" language={language} />}
      <Button size="lg" radius="md" loading={confirm.isPending} onClick={() => confirm.mutate(token)}>
        {confirm.isPending ? text.busy : text.button}
      </Button>
    </Page>
  );
}
