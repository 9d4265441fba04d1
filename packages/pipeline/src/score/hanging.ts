import { groupBy } from "../groupBy.ts";

/** One row of views as films are hung: the right breast at the left. */
export interface HungRow<V> {
  /** View position, such as CC. */
  readonly view: string;
  /** Absent: the exam does not have it. */
  readonly right: V | undefined;
  readonly left: V | undefined;
}

/**
 * Images of an exam in rows: CC above MLO, whether they are there or not, then the other views by their names. A view that is there twice has another row.
 * Views of displaced implants stand for the plain ones where those are not there.
 */
export function hanging<V extends { readonly view: string }>(images: readonly V[]): HungRow<V>[] {
  const byView = groupBy(images, ({ view }) => view.slice(2));
  const first = ["CC", "MLO"].map((name) => (!byView.has(name) && byView.has(`${name}ID`) ? `${name}ID` : name));
  const others = [...byView.keys()].filter((name) => !first.includes(name)).sort();
  return [...first, ...others].flatMap((view) => {
    const [right, left] = ["R", "L"].map((side) => (byView.get(view) ?? []).filter((image) => image.view.startsWith(side))) as [V[], V[]];
    return Array.from({ length: Math.max(1, right.length, left.length) }, (_, at) => ({ view, right: right[at], left: left[at] }));
  });
}
