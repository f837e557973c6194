import { type Request, requestStates } from "@atoll/contract/schemas/request";
import { Group } from "@mantine/core";
import { IconInbox } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { hub } from "../hub/client.ts";
import { pages } from "../hub/pages.ts";
import { read } from "../hub/read.ts";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentFilter } from "../parts/environment-filter.tsx";
import { PickMany, PickOne, Search } from "../parts/filters.tsx";
import { OutLink } from "../parts/links.tsx";
import { LongList } from "../parts/long-list.tsx";
import { Page } from "../parts/page.tsx";
import { RequestRow, requestColumns } from "./request-row.tsx";

const route = getRouteApi("/console/requests");

/** Who asks for an instance, and what was decided. */
export function RequestsPage() {
  const { state, search, confirmed, environment } = route.useSearch();
  const navigate = useNavigate({ from: "/requests" });
  const filter = { state: state?.join(","), search, confirmed, environment };
  const query = useInfiniteQuery({
    ...pages("listRequests", filter, (part, signal) =>
      hub.call("listRequests", { query: { ...filter, ...part } }, { signal }),
    ),
    refetchInterval: 5_000,
  });
  return (
    <Page title="Requests" intro="Who asks for an instance, and what was decided.">
      <Group gap="xs">
        <Search
          label="Search by name, slug or e-mail"
          value={search}
          onSearch={(text) => navigate({ search: (before) => ({ ...before, search: text }), replace: true })}
        />
        <PickMany
          label="State"
          options={requestStates}
          chosen={state}
          onChoose={(chosen) =>
            navigate({ search: (before) => ({ ...before, state: chosen }), replace: true })
          }
        />
        <PickOne
          label="Addresses"
          all="confirmed"
          options={["no", "all"]}
          words={{ no: "not confirmed", all: "all" }}
          chosen={confirmed}
          onChoose={(chosen) =>
            navigate({
              search: (before) => ({
                ...before,
                confirmed: chosen === "no" || chosen === "all" ? chosen : undefined,
              }),
              replace: true,
            })
          }
        />
        <EnvironmentFilter
          chosen={environment}
          onChoose={(chosen) =>
            navigate({ search: (before) => ({ ...before, environment: chosen }), replace: true })
          }
        />
      </Group>
      <LongList<Request>
        query={query}
        label="Requests"
        columns={requestColumns}
        heads={["Name", "E-mail", "Blueprint", "State", "Asked"]}
        row={(request) => <RequestRow key={request.id} request={request} />}
        empty={
          <Empty icon={<IconInbox size={28} stroke={1.5} />} title="No requests">
            {state || search || confirmed || environment ? "None like this. Take a filter away." : <Forms />}
          </Empty>
        }
      />
    </Page>
  );
}

/** Where people ask: the public form of each blueprint. */
function Forms() {
  const { data } = useQuery(read("listBlueprints", { query: {} }));
  return (
    <>
      People ask on a public page:{" "}
      {(data?.items ?? []).map(({ name }, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <OutLink href={`${window.location.origin}/ask/${name}`}>{`/ask/${name}`}</OutLink>
        </span>
      ))}
    </>
  );
}
