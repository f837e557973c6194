import type { Scenario } from "./killed.ts";
import type { Moment } from "./orders.ts";
import type { Stage } from "./stage.ts";

/** Which deaths are tried: moments that a good run passes, and those at which a run that fails is undone. */
export function momentsOf(
  moments: Stage["moments"],
  of: { instance: string; undone: string },
  steps: readonly string[],
  isNarrow: boolean,
  some: Stage["some"],
): Scenario[] {
  const passed = (id: string) =>
    (moments.get(`${id}-1`) ?? []).filter(({ step }) => (step === "" ? !isNarrow : steps.includes(step)));
  const forward = passed(of.instance).map((each) => ({ ...each, undone: false }));
  const isOfUndo = ({ point }: Moment) =>
    /^(undo-registered|removed-not-recorded|removal-recorded)$/.test(point);
  const back = passed(of.undone)
    .filter(isOfUndo)
    .map((each) => ({ ...each, undone: true }));
  const unique = (list: readonly Scenario[]) => [
    ...new Map(list.map((each) => [`${each.point} ${each.step}`, each])).values(),
  ];
  return [...some(unique(forward), "killed"), ...some(unique(back), "killed-undoing")];
}
