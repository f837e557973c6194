import type { DriftItem } from "@atoll/contract/schemas/drift";
import { paint, plain } from "../../output/paint.ts";

const valueWords = ({ from, to }: DriftItem) =>
  from === undefined && to === undefined
    ? ""
    : `: ${from === undefined ? "(not there)" : plain(from)} → ${to === undefined ? "(nothing)" : plain(to)}`;

/** Differences for people, one a line and what is to be known of it below. */
export function itemLines(items: readonly DriftItem[]): string[] {
  return items.flatMap((item) => {
    const { path, why, acceptedBy, stoppedAt } = item;
    const sign = acceptedBy === undefined ? paint("yellow", "~") : paint("dim", "=");
    return [
      `  ${sign} ${plain(path)}${valueWords(item)}`,
      ...(why === undefined ? [] : [`      ${plain(why)}`]),
      ...(acceptedBy === undefined ? [] : [`      ${paint("dim", `accepted by ${plain(acceptedBy)}`)}`]),
      ...(stoppedAt === undefined ? [] : [`      ${paint("red", "It came back after each repair.")}`]),
    ];
  });
}
