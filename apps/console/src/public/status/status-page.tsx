import type { PublicRequest } from "@atoll/contract/schemas/request";
import { Alert, Anchor, Blockquote, Button, Skeleton, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { hub, isFinal } from "../../hub/client.ts";
import type { Language } from "../language.ts";
import { Page } from "../page.tsx";
import { quiet } from "../tones.ts";
import { Trouble } from "../trouble.tsx";
import { words } from "../words.ts";
import { LiveProgress } from "./live-progress.tsx";
import { StageList } from "./stage-list.tsx";
import { lookAgainInMs } from "./stages.ts";
import { useLive } from "./use-live.ts";

interface StatusPageProps {
  token: string | undefined;
  /** The language in the address; without one, the request's own. */
  chosen: Language | undefined;
  otherwise: Language;
}

/** An asker's own page: where the request stands, live. */
export function StatusPage({ token, chosen, otherwise }: StatusPageProps) {
  const language = chosen ?? otherwise;
  const { title, noToken } = words[language].status;
  if (token === undefined) return <Page language={language} title={title("…")} intro={noToken} />;
  return <OwnRequest token={token} chosen={chosen} otherwise={otherwise} />;
}

function OwnRequest({ token, chosen, otherwise }: StatusPageProps & { token: string }) {
  const asked = useQuery({
    queryKey: ["request", token],
    queryFn: ({ signal }) => hub.call("showPublicRequest", { query: { token } }, { signal }),
    refetchInterval: ({ state }) => !isFinal(state.error) && lookAgainInMs(state.data?.state),
  });
  const state = asked.data?.state;
  const isLive = state === "approved" || state === "provisioning";
  const progress = useLive(token, isLive, () => void asked.refetch());
  const language = chosen ?? asked.data?.locale ?? otherwise;
  const { status, loading } = words[language];
  if (asked.data === undefined)
    return (
      <Page language={language} title={status.title("…")}>
        {asked.isError ? (
          <Trouble
            error={asked.error}
            about="link"
            language={language}
            {...(!isFinal(asked.error) && { onAgain: () => void asked.refetch() })}
          />
        ) : (
          <>
            <VisuallyHidden role="status">{loading}</VisuallyHidden>
            <Skeleton h={160} radius="md" aria-hidden />
          </>
        )}
      </Page>
    );
  const request = asked.data;
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  return (
    <Page
      language={language}
      title={status.title(request.name)}
      intro={<span role="status">{whereItStands(request, language)}</span>}
    >
      {asked.isError && (
        <Alert color="yellow" variant="light" radius="md" role="status">
          <Text c="bright">{status.stale}</Text>
        </Alert>
      )}
      <Outcome request={request} language={language} />
      <StageList request={request} words={status} />
      {isLive && <LiveProgress progress={progress} counted={request.progress} words={words[language]} />}
      <Text size="sm" c={quiet}>
        {status.since(date.format(new Date(request.submittedAt)))}
      </Text>
    </Page>
  );
}

function whereItStands({ state, confirmed }: PublicRequest, language: Language): string {
  const { status } = words[language];
  return state === "pending" && !confirmed ? status.unconfirmed : status[state];
}

/** What came of it: the finished address, or why not. */
function Outcome({ request, language }: { request: PublicRequest; language: Language }) {
  const { status } = words[language];
  const { state, instanceUrl, reason } = request;
  if (state === "deployed" && instanceUrl !== undefined)
    return (
      <Stack gap="sm" align="stretch">
        <Button component="a" href={instanceUrl} size="lg" radius="md">
          {status.open}
        </Button>
        <Text ta="center">
          <VisuallyHidden>{status.address}: </VisuallyHidden>
          <Anchor href={instanceUrl} style={{ overflowWrap: "anywhere" }}>
            {instanceUrl}
          </Anchor>
        </Text>
      </Stack>
    );
  if (state !== "rejected") return null;
  return (
    <Stack gap="sm">
      {reason !== undefined && (
        <Blockquote
          p="md"
          m={0}
          aria-label={status.reason}
          style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
        >
          {reason}
        </Blockquote>
      )}
      <Text>{status.askAgain}</Text>
    </Stack>
  );
}
