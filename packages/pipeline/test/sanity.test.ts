import { expect, it } from "vitest";
import { shuffleLabels } from "../src/recipes/dream/sanity.ts";
import type { StoredView } from "../src/store/imageStore.ts";

const view = (patientId: string, laterality: "L" | "R", position: "CC" | "MLO", cancer: 0 | 1): StoredView => ({
  id: `${patientId}${laterality}${position}`,
  patientId,
  laterality,
  view: position,
  cancer,
  lesions: cancer ? [{ kind: "mass", malignant: true, box: { top: 1, left: 1, bottom: 2, right: 2 } }] : [],
  rows: 3,
  columns: 3,
  read: async () => {
    throw new Error("Expected no pixels to be read");
  },
});

it("shuffleLabels keeps the pictures and the prevalence, gives both views of a breast one label, and breaks the tie between the two", () => {
  const women = Array.from({ length: 60 }, (_, index) => `w${index}`);
  const views = women.flatMap((woman, index) =>
    (["L", "R"] as const).flatMap((side) =>
      (["CC", "MLO"] as const).map((position) => view(woman, side, position, side === "L" && index < 20 ? 1 : 0)),
    ),
  );
  const shuffled = shuffleLabels(views, 3);
  const cancers = (list: readonly StoredView[]) => list.filter(({ cancer }) => cancer === 1).length;
  expect(shuffled.map(({ id }) => id).sort()).toEqual(views.map(({ id }) => id).sort());
  expect(cancers(shuffled)).toBe(cancers(views));
  for (const { patientId, laterality, cancer, lesions } of shuffled) {
    expect(lesions).toHaveLength(cancer!);
    expect(shuffled.filter((other) => other.patientId === patientId && other.laterality === laterality).map((other) => other.cancer)).toEqual([
      cancer,
      cancer,
    ]);
  }
  const kept = shuffled.filter(({ id, cancer }) => cancer === 1 && views.find((own) => own.id === id)!.cancer === 1).length;
  expect(kept).toBeLessThan(cancers(views) / 2);
});
