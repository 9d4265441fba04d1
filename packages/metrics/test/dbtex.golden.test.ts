import { expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { bootstrapFroc, dbtexRule, dbtexScore, matchMarks } from "../src/index.ts";

interface Truth {
  readonly X: number;
  readonly Y: number;
  readonly Width: number;
  readonly Height: number;
  readonly Slice: number;
}
interface Mark extends Omit<Truth, "Slice"> {
  readonly Z: number;
  readonly Depth: number;
  readonly Score: number;
}
interface Case {
  readonly volumes: readonly { readonly slices: number; readonly truths: readonly Truth[]; readonly marks: readonly Mark[] }[];
  readonly official: Readonly<Record<string, number>>;
}
const { cases } = golden<{ readonly cases: readonly Case[] }>("dbtex", import.meta.url);

const boxOf = ({ X, Y, Width, Height }: Omit<Truth, "Slice">, slice: number) => ({ top: Y, left: X, bottom: Y + Height, right: X + Width, slice });
const matched = ({ volumes }: Case) =>
  volumes.map(({ slices, truths, marks }) =>
    matchMarks(
      marks.map((mark) => ({ box: boxOf(mark, mark.Z + mark.Depth / 2), score: mark.Score })),
      truths.map((truth) => boxOf(truth, truth.Slice)),
      dbtexRule({ slices }),
    ),
  );

describe("DBTex, against its official evaluation", () => {
  it.each(cases.map((given, k) => [k, given] as const))("reading set %i", (_, given) => {
    const { sensitivityAt2All, sensitivityPositive, meanSensitivityPositive } = dbtexScore(matched(given));
    const { official } = given;
    expectClose(sensitivityAt2All, official["sensitivity_at_2_fps_all"]!, { absolute: 1e-12 });
    expectClose(
      sensitivityPositive,
      [1, 2, 3, 4].map((rate) => official[`sensitivity_at_${rate}_fps_positive`]!),
      { absolute: 1e-12 },
    );
    expectClose(meanSensitivityPositive, official["mean_sensitivity_positive"]!, { absolute: 1e-12 });
  });

  it("further marks on a lesion are thresholds too, as there: they bend the line", () => {
    const found = dbtexScore([
      {
        truths: 2,
        marks: [
          { score: 0.9, truth: 0 },
          { score: 0.8, truth: -1 },
          { score: 0.7, truth: 0 },
          { score: 0.6, truth: -1 },
          { score: 0.5, truth: 1 },
        ],
      },
    ]);
    // Level at one half to the mark at 0.7, which is no new hit, then up to 1 at two false marks.
    expect(found.sensitivityPositive).toEqual([0.5, 1, 1, 1]);
  });

  it("has an interval drawn by exam, and no number without a lesion", () => {
    const { estimate, low, high } = bootstrapFroc(matched(cases[2]!), (sample) => dbtexScore(sample).meanSensitivityPositive, {
      seed: 1,
      resamples: 200,
    });
    expect(low < estimate && estimate < high).toBe(true);
    expect(dbtexScore([{ truths: 0, marks: [{ score: 1, truth: -1 }] }]).meanSensitivityPositive).toBeNaN();
    expect(dbtexScore([{ truths: 1, marks: [] }])).toMatchObject({ sensitivityAt2All: 0, meanSensitivityPositive: 0 });
  });
});
