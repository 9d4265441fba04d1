import type { Laterality } from "@mammo/mammogram";

/** What must be known of a view to find its counterpart. */
export interface PairableView {
  readonly patientId: string;
  /** Where a woman has several exams; absent: all her views are of one. */
  readonly examId?: string | undefined;
  readonly laterality: Laterality;
  /** The view position or code, such as `"CC"`. */
  readonly view: string;
}

/** Both breasts of a woman in one view of one exam, for the graphs that compare them; one may be missing. */
export interface BreastPair<View extends PairableView> {
  readonly patientId: string;
  readonly examId?: string | undefined;
  readonly view: string;
  readonly left?: View;
  readonly right?: View;
}

/**
 * Views to pairs of breasts, in the order of their first views. A view that was taken twice makes two pairs: the first with the first of the other breast, the second with the
 * second, or with the last where there are fewer; a side is missing only where the exam has no such view of it. Every view is in a pair. Ours.
 *
 * @example
 * const pairs = pairBreasts(views);
 * const items = pairs.map(({ patientId, left, right }) => ({ patientId, label: Math.max(left?.cancer ?? 0, right?.cancer ?? 0) }));
 * const sample = rateSampler(items, { size: 4, positiveRate: 0.25, seed: 7 });
 * const [first] = sample(step).map((index) => pairs[index]);
 */
export function pairBreasts<View extends PairableView>(views: readonly View[]): BreastPair<View>[] {
  const looks = new Map<string, Record<Laterality, View[]>>();
  for (const view of views) {
    const key = JSON.stringify([view.patientId, view.examId ?? null, view.view]);
    const both = looks.get(key) ?? { L: [], R: [] };
    looks.set(key, both);
    both[view.laterality].push(view);
  }
  return [...looks.values()].flatMap(({ L, R }) =>
    Array.from({ length: Math.max(L.length, R.length) }, (_, index) => pairOf(L[index] ?? L.at(-1), R[index] ?? R.at(-1))),
  );
}

function pairOf<View extends PairableView>(left: View | undefined, right: View | undefined): BreastPair<View> {
  const { patientId, examId, view } = (left ?? right)!;
  return { patientId, ...(examId === undefined ? {} : { examId }), view, ...(left ? { left } : {}), ...(right ? { right } : {}) };
}
