import type { RouteName } from "@atoll/contract/routes";
import type { Input } from "@atoll/contract/types";
import { queryOptions } from "@tanstack/react-query";
import { hub } from "./client.ts";

/** Reads a route, cached under its name and input. */
export function read<Name extends RouteName>(name: Name, input: Input<Name>) {
  return queryOptions({
    queryKey: [name, input],
    queryFn: ({ signal }) => hub.call(name, input, { signal }),
  });
}
