import { patientOrientation, planCohort, viewTruth } from "@mammo/phantom";
import { describe, expect, it } from "vitest";

const exams = planCohort({ seed: 11, women: 120, priorShare: 0, cancerShare: 0.6, extraViewShare: 0, missingViewShare: 0 });

describe("one lesion in two views", () => {
  const pairs = exams.flatMap((exam) =>
    (["L", "R"] as const).flatMap((laterality) => {
      const truths = exam.images.filter((image) => image.laterality === laterality).map((spec) => ({ spec, truth: viewTruth(spec) }));
      const [cc, mlo] = (["CC", "MLO"] as const).map((view) => truths.find(({ spec }) => spec.view === view));
      return cc && mlo && cc.truth.lesions[0] && mlo.truth.lesions[0] ? [{ cc, mlo }] : [];
    }),
  );

  it("lies inside both images", () => {
    expect(pairs.length).toBeGreaterThan(80);
    const lesions = exams.flatMap(({ images }) => images.filter((spec) => spec.lesions.length > 0));
    for (const spec of lesions) {
      const [lesion] = viewTruth(spec).lesions;
      expect(lesion!.box.top).toBeGreaterThan(0);
      expect(lesion!.box.bottom).toBeLessThan(spec.device.rows);
      expect(lesion!.box.left).toBeGreaterThanOrEqual(0);
      expect(lesion!.box.right).toBeLessThanOrEqual(spec.device.columns);
    }
  });

  it("has about the same distance to the nipple, mm", () => {
    const differences = pairs.map(({ cc, mlo }) => Math.abs(cc.truth.lesions[0]!.nippleDistance - mlo.truth.lesions[0]!.nippleDistance));
    const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
    expect(mean).toBeLessThan(5);
    expect(differences.filter((difference) => difference > 15).length / differences.length).toBeLessThan(0.05);
    // Which says something: another woman's lesion lies farther off.
    const strangers = pairs.map(({ cc }, i) =>
      Math.abs(cc.truth.lesions[0]!.nippleDistance - pairs[(i + 1) % pairs.length]!.mlo.truth.lesions[0]!.nippleDistance),
    );
    expect(strangers.reduce((sum, x) => sum + x, 0) / strangers.length).toBeGreaterThan(2.5 * mean);
  });

  it("lies at the same depth behind the nipple, mm", () => {
    for (const { cc, mlo } of pairs) {
      const depth = ({ spec, truth }: typeof cc) => Math.abs(truth.lesions[0]!.center[1] - truth.nipple[1]) * spec.device.mmPerPixel;
      expect(Math.abs(depth(cc) - depth(mlo))).toBeLessThan(0.1 * depth(cc) + 1);
    }
  });
});

it("names the directions of rows and columns as PatientOrientation wants them", () => {
  expect([patientOrientation("L", "CC"), patientOrientation("R", "CC")]).toEqual(["A\\R", "P\\L"]);
  expect([patientOrientation("L", "MLO"), patientOrientation("R", "MLO")]).toEqual(["A\\FR", "P\\FL"]);
  expect([patientOrientation("L", "ML"), patientOrientation("R", "XCCL")]).toEqual(["A\\F", "P\\L"]);
});
