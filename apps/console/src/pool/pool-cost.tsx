import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { read } from "../hub/read.ts";
import { TextLink } from "../parts/links.tsx";
import { moneyWords } from "./words.ts";

/** What stands ready and belongs to no instance yet; nothing where nothing does. */
export function PoolCost() {
  const { data } = useQuery({ ...read("showPool", {}), refetchInterval: 60_000 });
  const count = data?.items.filter(({ state, ref }) => state !== "claimed" && ref !== undefined).length ?? 0;
  if (data === undefined || count === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      Beside these {count === 1 ? "one project stands" : `${count} projects stand`} in the{" "}
      <TextLink to="/pool">warm pool</TextLink>: {moneyWords(data.costs)} a month.
    </Text>
  );
}
