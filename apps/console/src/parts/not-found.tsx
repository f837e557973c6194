import { Center, Stack, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { TextLink } from "./links.tsx";
import { Problem } from "./problem.tsx";

/** An address at which there is no page. */
export function NotFound() {
  useEffect(() => {
    document.title = "Nothing here · Atoll";
  }, []);
  return (
    <Center component="main" mih="60dvh" p="md">
      <Stack gap="xs" align="center">
        <Title order={1} fz={22}>
          Nothing here
        </Title>
        <Text c="dimmed">There is no page at this address.</Text>
        <TextLink to="/requests">To the requests</TextLink>
      </Stack>
    </Center>
  );
}

/** In place of a page that could not be shown at all. */
export function Trouble({ error, reset }: { error: unknown; reset(): void }) {
  return (
    <Center component="main" mih="60dvh" p="md">
      <Problem error={error} onAgain={reset} />
    </Center>
  );
}
