import { cohortDefaults, devices, planCohort } from "@mammo/phantom";
import { describe, expect, it } from "vitest";

describe("planCohort", () => {
  const exams = planCohort({ women: 600, priorShare: 0.3 });
  const last = exams.filter((exam, i) => exams[i + 1]?.woman !== exam.woman);

  it("is plain data that follows from its options", () => {
    expect(planCohort({ women: 5 })).toEqual(planCohort({ women: 5 }));
    expect(planCohort({ women: 5 })).not.toEqual(planCohort({ women: 5, seed: 2 }));
    expect(structuredClone(planCohort({ women: 5 }))).toEqual(planCohort({ women: 5 }));
    // More women are the same women and others.
    expect(planCohort({ women: 9 }).filter(({ woman }) => woman <= 5)).toEqual(planCohort({ women: 5 }));
  });

  it("draws the shares that were asked for", () => {
    const withCancer = last.filter(({ cancer }) => cancer.L === 1 || cancer.R === 1).length / 600;
    expect(withCancer).toBeGreaterThan(0.26);
    expect(withCancer).toBeLessThanOrEqual(0.28);
    expect(last.some(({ cancer }) => cancer.L === 1 && cancer.R === 1)).toBe(false);
    const benign = last.flatMap(({ images }) => images.filter(({ view }) => view === "CC")).filter(({ lesions }) => lesions[0]?.malignant === false);
    expect(Math.abs(benign.length / (600 * 2 * 0.86) - 0.25)).toBeLessThan(0.04);
    expect(new Set(last.flatMap(({ images }) => images.map(({ device }) => device.name))).size).toBe(Object.keys(devices).length);
    expect(last.filter(({ images }) => images.length > 4).length).toBeGreaterThan(20);
    expect(last.filter(({ images }) => images.length < 4).length).toBeGreaterThan(20);
  });

  it("labels a breast by what is in it, and a breast that was not imaged not at all", () => {
    for (const { cancer, images } of exams)
      for (const side of ["L", "R"] as const) {
        const views = images.filter(({ laterality }) => laterality === side);
        if (views.length === 0) expect(cancer[side]).toBeUndefined();
        for (const { lesions } of views) expect(cancer[side]).toBe(lesions.some(({ malignant }) => malignant) ? 1 : 0);
      }
    expect(last.some(({ cancer }) => cancer.L === undefined)).toBe(true);
  });

  it("lets lesions of a prior exam be smaller or absent, at the same place", () => {
    const priors = exams.filter((exam) => !last.includes(exam));
    expect(priors.length).toBeGreaterThan(120);
    let absent = 0;
    let smaller = 0;
    for (const prior of priors) {
      const now = last.find(({ woman }) => woman === prior.woman)!;
      expect([prior.exam, now.exam]).toEqual([1, 2]);
      expect(now.daysSincePreviousExam).toBeGreaterThanOrEqual(365);
      for (const { laterality, lesions } of now.images) {
        const before = prior.images.find((image) => image.laterality === laterality);
        if (!before || !lesions[0]) continue;
        if (!before.lesions[0]) absent++;
        else {
          smaller++;
          expect(before.lesions[0].diameter).toBeLessThan(lesions[0].diameter);
          expect(before.lesions[0].center).toEqual(lesions[0].center);
        }
      }
    }
    expect([absent > 5, smaller > 5]).toEqual([true, true]);
  });

  it("refuses options out of range", () => {
    expect(() => planCohort({ women: 0 })).toThrow("Expected at least 1 woman, got 0");
    expect(() => planCohort({ women: 2, cancerShare: 1.5 })).toThrow("Expected cancerShare in [0, 1], got 1.5");
    expect(() => planCohort({ women: 2, deviceMix: { nothing: 1 } })).toThrow(/Expected a device of the mix among aldebaran/);
    expect(cohortDefaults.women).toBe(220);
  });
});
