import { expect, it } from "vitest";
import { shuffleLabels } from "../dream/sanity.ts";
import type { StandardView } from "../dream/standards.ts";

const view = (woman: string, laterality: "L" | "R", position: "CC" | "MLO", cancer: 0 | 1): StandardView => ({
  id: `${woman}${laterality}${position}`,
  woman,
  laterality,
  view: position,
  cancer,
  lesions: cancer ? [{ kind: "mass", malignant: true, box: { top: 1, left: 1, bottom: 2, right: 2 } }] : [],
  rows: 3,
  columns: 3,
  breast: { top: 0, left: 0, bottom: 3, right: 3 },
  mmPerPixel: 0.25,
  toSource: [1, 0, 0, 0, 1, 0],
  standardization: "test",
  file: "none",
});

it("shuffleLabels keeps the pictures and the prevalence, gives both views of a breast one label, and breaks the tie between the two", () => {
  const women = Array.from({ length: 60 }, (_, index) => `w${index}`);
  const views = women.flatMap((woman, index) =>
    (["L", "R"] as const).flatMap((side) =>
      (["CC", "MLO"] as const).map((position) => view(woman, side, position, side === "L" && index < 20 ? 1 : 0)),
    ),
  );
  const shuffled = shuffleLabels(views, 3);
  const cancers = (list: readonly StandardView[]) => list.filter(({ cancer }) => cancer === 1).length;
  expect(shuffled.map(({ id }) => id).sort()).toEqual(views.map(({ id }) => id).sort());
  expect(cancers(shuffled)).toBe(cancers(views));
  for (const { woman, laterality, cancer, lesions } of shuffled) {
    expect(lesions).toHaveLength(cancer!);
    expect(shuffled.filter((other) => other.woman === woman && other.laterality === laterality).map((other) => other.cancer)).toEqual([
      cancer,
      cancer,
    ]);
  }
  const kept = shuffled.filter(({ id, cancer }) => cancer === 1 && views.find((own) => own.id === id)!.cancer === 1).length;
  expect(kept).toBeLessThan(cancers(views) / 2);
});
