"use client";

import { useSyncExternalStore } from "react";
import type { Locale } from "@/lib/client-config";

const never = () => () => {};

/** A moment in the reader's own time zone, which only the browser knows; until it runs, in UTC. */
export function When({ at, locale }: { at: string; locale: Locale }) {
  const zone = useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => "UTC",
  );
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  return <time dateTime={time.toISOString()}>{format.format(time)}</time>;
}
