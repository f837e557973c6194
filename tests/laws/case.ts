import type { Address, Resource } from "@atoll/core/resource";
import type { Clock } from "@atoll/provider-kit/clock";
import type { ObservedCall } from "@atoll/provider-kit/http";

/** What an adapter is connected by. The laws cut the lines, and listen in. */
export interface Wires {
  fetch: typeof fetch;
  clock: Clock;
  onCall(call: ObservedCall): void;
}

/** Where one thing is to stand. */
export interface Place<In> {
  at: Address;
  want: In;
  /** Removes what it stands in. Needed where `removal` is "with-parent". */
  endParent?(): Promise<void>;
}

/** Reads a thing past our adapters, as the provider shows it now. */
type Look = () => Promise<unknown>;

/** Why a law does not apply. */
export interface Without {
  because: string;
}

/** Something that people do at a provider's dashboard to a thing of ours. */
export interface Drift<In> {
  what: string;
  plant(place: Place<In>, id: string): Promise<unknown>;
  /** The changes by which it has to be named; "" = the thing is gone. */
  paths: string[] | ((place: Place<In>) => string[]);
}

/** One kind of resource under the laws, with what only its provider knows. */
export interface Case<In, Attrs> {
  /** As the journal stores it; a kind with several cases says in `variant` which one this is. */
  kind: string;
  variant?: string;
  /** Name of the provider in the log of requests. */
  provider: string;
  /** Builds the adapter anew, as a started process does. */
  connect(wires: Wires): Resource<In, Attrs>;
  /** A place where nothing stands yet, its parents made. Names never repeat. */
  fresh(): Promise<Place<In>>;
  /** How many stand there, by what they are: each has to be one after ensuring and none after removing. */
  count(place: Place<In>): Promise<Record<string, number>>;
  /** It comes with its parent: ensuring it takes no write. */
  comesByItself?: boolean;
  /** Puts a thing of somebody else in our way. `seen`: "absent" where it cannot stand at our address. */
  foreign: Without | { seen: "other" | "absent"; plant(place: Place<In>): Promise<Look> };
  drifts: Without | Drift<In>[];
  /** Puts something that we never set into or beside a thing of ours. It outlives every repair. */
  beside: Without | ((place: Place<In>, id: string) => Promise<Look>);
  /** Values that may be seen nowhere. */
  secrets(place: Place<In>): string[];
}
