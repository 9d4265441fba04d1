import { type ViewPosition, viewPositions } from "@mammo/mammogram";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type ExamPolicy, type SelectableImage, selectViews, type ViewModifier } from "../src/index.ts";

const modifiers: readonly ViewModifier[] = ["implantDisplaced", "magnification", "spotCompression", "other"];
const image = fc.record({
  header: fc.record({
    laterality: fc.constantFrom("L", "R", undefined),
    view: fc.record({
      position: fc.oneof(fc.constantFrom<ViewPosition>("CC", "CCID", "MLO", "MLOID"), fc.constantFrom(...viewPositions), fc.constant(undefined)),
      modifiers: fc.subarray([...modifiers]),
      isStandardScreening: fc.boolean(),
    }),
    kind: fc.constantFrom("plain", "tomosynthesis", "synthetic", "tomosynthesis-slice", "contrast", "low-energy"),
    presentationIntent: fc.constantFrom("FOR PRESENTATION", "FOR PROCESSING"),
    isTomosynthesis: fc.boolean(),
    isSynthetic: fc.boolean(),
    isPartialView: fc.boolean(),
    isQualityControl: fc.boolean(),
  }),
  breastArea: fc.integer({ min: 1, max: 4 }),
});
const exam = fc.array(image, { maxLength: 10 }).map((images): readonly SelectableImage[] => images.map((one, order) => ({ ...one, order })));
const policy: fc.Arbitrary<Partial<ExamPolicy>> = fc.record(
  {
    kind: fc.constantFrom("plain", "all"),
    intent: fc.constantFrom("presentation", "processing", "all"),
    tomosynthesis: fc.constantFrom("image", "stack", "all"),
    implant: fc.constantFrom("displaced", "whole", "all"),
    extra: fc.constantFrom("all", "leave"),
    repeated: fc.constantFrom("all", "latest", "largest"),
  },
  { requiredKeys: [] },
);

it("every image is either kept or left out for a reason, and what was kept is kept again", () => {
  fc.assert(
    fc.property(exam, policy, (images, rules) => {
      const { kept, leftOut } = selectViews(images, rules);
      expect(new Set([...kept, ...leftOut.map(({ image }) => image)])).toEqual(new Set(images));
      expect(kept.length + leftOut.length).toBe(images.length);
      expect(selectViews(kept, rules)).toMatchObject({ kept, leftOut: [] });
    }),
  );
});

it("no view of a breast is lost but extra ones and odd kinds, and those only by the rules for them", () => {
  const shown = (images: readonly SelectableImage[]): Set<string> =>
    new Set(
      images.flatMap(({ header: { laterality, view } }) =>
        laterality && view.position
          ? [`${laterality} ${view.position.replace(/ID$/, "")} ${view.modifiers.filter((name) => name !== "implantDisplaced")}`]
          : [],
      ),
    );
  fc.assert(
    fc.property(exam, policy, (images, rules) => {
      const { kept, leftOut } = selectViews(images, rules);
      const extra = leftOut.filter(({ rule }) => rule === "extra" || rule === "kind").map(({ image }) => image);
      expect(shown([...kept, ...extra])).toEqual(shown(images));
      if (rules.extra !== "leave" && rules.kind === "all") expect(extra).toEqual([]);
    }),
  );
});

it("the choice does not hang on the order of the files", () => {
  fc.assert(
    fc.property(exam, policy, fc.array(fc.nat()), (images, rules, keys) => {
      if (rules.repeated === "largest") return; // Of two as large, the first stays.
      const shuffled = images.map((one, at) => ({ one, key: keys[at] ?? at })).sort((a, b) => a.key - b.key);
      expect(
        new Set(
          selectViews(
            shuffled.map(({ one }) => one),
            rules,
          ).kept,
        ),
      ).toEqual(new Set(selectViews(images, rules).kept));
    }),
  );
});
