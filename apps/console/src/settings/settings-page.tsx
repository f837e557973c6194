import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Webhooks } from "../health/webhooks.tsx";
import { hub } from "../hub/client.ts";
import { Load } from "../parts/load.tsx";
import { Page } from "../parts/page.tsx";
import { Doctor } from "./doctor.tsx";
import { SettingsForm } from "./settings-form.tsx";

/** What this hub does by itself, what things cost, and whether its provider accounts are well. */
export function SettingsPage() {
  const query = useQuery({
    queryKey: ["showSettings"],
    queryFn: ({ signal }) => hub.callTagged("showSettings", {}, { signal }),
  });
  return (
    <Page title="Settings">
      <Stack gap="xl">
        <Doctor />
        <Load query={query} lines={6}>
          {({ answer, etag }) => <SettingsForm key={etag} settings={answer} etag={etag} />}
        </Load>
        <Webhooks />
      </Stack>
    </Page>
  );
}
