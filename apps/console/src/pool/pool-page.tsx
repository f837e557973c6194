import type { Pool, PoolProject } from "@atoll/contract/schemas/pool";
import { Button, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconFlame } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAct } from "../hub/act.ts";
import { useEnvironments } from "../hub/environments.ts";
import { useRole } from "../hub/me.ts";
import { read } from "../hub/read.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Empty } from "../parts/empty.tsx";
import { EnvironmentMark } from "../parts/environment-mark.tsx";
import { Facts } from "../parts/facts.tsx";
import { TextLink } from "../parts/links.tsx";
import { Load } from "../parts/load.tsx";
import { Page, Section } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import rows from "../parts/rows.module.css";
import { Rows } from "../parts/rows.tsx";
import { When } from "../parts/when.tsx";
import { reasonOfRole } from "../rules/reasons.ts";
import { moneyWords, stateWords } from "./words.ts";

type Place = Pool["places"][number];

/** Projects that are kept ready: where, how they are, what they cost. */
export function PoolPage() {
  const query = useQuery({ ...read("showPool", {}), refetchInterval: 5_000 });
  return (
    <Page
      title="Warm pool"
      intro="Blank Supabase projects that are kept ready, so that a new instance need not wait until one has come up. Off until you want one somewhere."
    >
      <Load query={query} lines={6}>
        {(pool) => (
          <Stack gap="xl">
            <Facts
              facts={[
                ["Ready", String(pool.items.filter(({ state }) => state === "ready").length)],
                ["Unclaimed, a month", moneyWords(pool.costs)],
                ["Replaced after", `${pool.maxAgeDays} days`],
              ]}
            />
            <Places places={pool.places} maxAgeDays={pool.maxAgeDays} />
            <Projects items={pool.items} />
          </Stack>
        )}
      </Load>
    </Page>
  );
}

function Places({ places, maxAgeDays }: { places: readonly Place[]; maxAgeDays: number }) {
  const [drained, setDrained] = useState<Place>();
  const resize = useAct("resizePool", { said: "Saved." });
  const drain = useAct("drainPool", { said: "They are being removed.", onDone: () => setDrained(undefined) });
  const reason = reasonOfRole(useRole(), "owner");
  return (
    <Section
      title="Regions"
      intro="How many are kept ready, by region. An instance takes one of its own region."
    >
      {places.length > 0 && (
        <Rows
          label="Regions"
          columns="minmax(0, 1fr) 110px minmax(0, 1.6fr) 90px"
          heads={["Region", "Kept ready", "How it is", ""]}
        >
          {places.map((place) => {
            const { environment, region, wanted, ready, making, failed } = place;
            return (
              <li key={`${environment} ${region}`} className={rows.row}>
                <span className={rows.main}>
                  {region}
                  <EnvironmentMark environment={environment} />
                </span>
                <NumberInput
                  size="xs"
                  aria-label={`Kept ready in ${region}`}
                  value={wanted}
                  min={0}
                  max={20}
                  allowDecimal={false}
                  clampBehavior="strict"
                  disabled={reason !== undefined || resize.isPending}
                  onChange={(count) =>
                    typeof count === "number" &&
                    count !== wanted &&
                    resize.mutate({ body: { environment, region, count } })
                  }
                />
                <span>
                  {ready} ready, {making} being made{failed > 0 && `, ${failed} failed`}
                  {place.reason && (
                    <span className={rows.minor}>
                      {place.reason.what} {place.reason.next}
                    </span>
                  )}
                </span>
                <span className={rows.end}>
                  <ActButton
                    size="compact-xs"
                    variant="default"
                    reason={reason}
                    onClick={() => setDrained(place)}
                  >
                    Drain
                  </ActButton>
                </span>
              </li>
            );
          })}
        </Rows>
      )}
      <Problem error={resize.error} />
      <Another reason={reason} maxAgeDays={maxAgeDays} />
      <Confirm
        opened={drained !== undefined}
        onClose={() => setDrained(undefined)}
        title={`Drain ${drained?.region ?? ""}?`}
        does="Drain"
        danger
        isPending={drain.isPending}
        error={drain.error}
        onConfirm={() =>
          drained && drain.mutate({ body: { environment: drained.environment, region: drained.region } })
        }
      >
        Those that nobody claimed are removed at Supabase, and none is kept ready there any more. Instances
        are not touched.
      </Confirm>
    </Section>
  );
}

/** Wants some in a further region, and says how long one is kept. */
function Another({ reason, maxAgeDays }: { reason: string | undefined; maxAgeDays: number }) {
  const names = useEnvironments();
  const [environment, setEnvironment] = useState<string | null>(null);
  const [region, setRegion] = useState("");
  const [count, setCount] = useState<number | string>(1);
  const [days, setDays] = useState<number | string>(maxAgeDays);
  const add = useAct("resizePool", { said: "Saved.", onDone: () => setRegion("") });
  const isOff = reason !== undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isOff) return;
        add.mutate({
          body: {
            region: region.trim(),
            count: Number(count),
            maxAgeDays: Number(days),
            ...(environment !== null && { environment }),
          },
        });
      }}
    >
      <Group gap="md" align="flex-end">
        {names.length > 0 && (
          <Select
            label="Environment"
            data={[...names]}
            value={environment ?? names[0] ?? null}
            allowDeselect={false}
            disabled={isOff}
            w={160}
            onChange={setEnvironment}
          />
        )}
        <TextInput
          label="Another region"
          placeholder="eu-central-1"
          value={region}
          disabled={isOff}
          w={180}
          onChange={(event) => setRegion(event.currentTarget.value)}
        />
        <NumberInput
          label="Kept ready"
          value={count}
          min={1}
          max={20}
          allowDecimal={false}
          disabled={isOff}
          w={110}
          onChange={setCount}
        />
        <NumberInput
          label="Replaced after days"
          value={days}
          min={1}
          max={365}
          allowDecimal={false}
          disabled={isOff}
          w={150}
          onChange={setDays}
        />
        <Button
          type="submit"
          variant="default"
          loading={add.isPending}
          disabled={isOff || region.trim() === ""}
        >
          Keep ready
        </Button>
      </Group>
      <Problem error={add.error} />
    </form>
  );
}

function Projects({ items }: { items: readonly PoolProject[] }) {
  return (
    <Section title="Projects" intro="All that stand, and those that were claimed in the last seven days.">
      {items.length === 0 ? (
        <Empty icon={<IconFlame size={28} stroke={1.5} />} title="None">
          Every project is made when an instance wants it.
        </Empty>
      ) : (
        <Rows
          label="Projects"
          columns="minmax(0, 1.4fr) 120px minmax(0, 1.6fr) 110px"
          heads={["Project", "State", "", "Made"]}
        >
          {items.map(({ id, name, ref, region, environment, state, instance, reason, createdAt }) => (
            <li key={id} className={rows.row}>
              <span>
                <span className={rows.main}>{ref ?? name}</span>
                <span className={rows.minor}>
                  {region}
                  <EnvironmentMark environment={environment} />
                </span>
              </span>
              <span>{stateWords[state]}</span>
              <span>
                {instance !== undefined && (
                  <TextLink to="/instances/$slug" params={{ slug: instance }}>
                    {instance}
                  </TextLink>
                )}
                {reason && (
                  <Text component="span" size="sm" c="dimmed">
                    {reason.what} {reason.next}
                  </Text>
                )}
              </span>
              <span className={rows.faint}>
                <When at={createdAt} />
              </span>
            </li>
          ))}
        </Rows>
      )}
    </Section>
  );
}
