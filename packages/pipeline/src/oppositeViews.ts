import type { Laterality } from "@mammo/mammogram";
import { groupBy } from "./groupBy.ts";

/** The view of a woman's other breast in the same projection, the first of them; undefined where there is none. Views that name no woman are all of one exam. */
export function oppositeViews<View extends { readonly patientId?: string; readonly laterality: Laterality; readonly view: string }>(
  views: readonly View[],
): (view: View) => View | undefined {
  const key = ({ patientId = "", view }: View) => `${patientId} ${view}`;
  const together = groupBy(views, key);
  return (view) => together.get(key(view))?.find(({ laterality }) => laterality !== view.laterality);
}
