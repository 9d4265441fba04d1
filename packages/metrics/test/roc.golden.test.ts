import { dataFolder, expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { auroc, averagePrecision, interpolatedSpecificityAt, partialAuroc, rocCurve, specificityAt } from "../src/index.ts";
import { readAsah } from "./asah.ts";

// Both sides sum some hundred doubles, in different orders.
const exact = { absolute: 1e-12 };

interface Proc {
  readonly auc: number;
  readonly "pauc_spec_.9_1": number;
  readonly "pauc_spec_.8_.9": number;
  readonly "pauc_sens_.9_1": number;
  readonly "pauc_sens_.8_.9": number;
  readonly "pauc_sens_.8_1": number;
  readonly "mcclish_spec_.9_1": number;
  readonly "mcclish_sens_.8_1": number;
}

describe.skipIf(!dataFolder())("pROC on aSAH (needs the data folder)", () => {
  const proc = golden<Record<"wfns" | "ndka", Proc>>("proc", import.meta.url);
  it.each(["wfns", "ndka"] as const)("%s: areas of pROC to all printed digits", (marker) => {
    const { labels, [marker]: scores } = readAsah();
    const raw = { raw: true };
    expectClose(auroc(labels, scores), proc[marker].auc, exact);
    expectClose(partialAuroc(labels, scores, { specificity: [0.9, 1] }, raw), proc[marker]["pauc_spec_.9_1"], exact);
    expectClose(partialAuroc(labels, scores, { sensitivity: [0.9, 1] }, raw), proc[marker]["pauc_sens_.9_1"], exact);
    expectClose(partialAuroc(labels, scores, { specificity: [0.8, 0.9] }, raw), proc[marker]["pauc_spec_.8_.9"], exact);
    expectClose(partialAuroc(labels, scores, { sensitivity: [0.8, 0.9] }, raw), proc[marker]["pauc_sens_.8_.9"], exact);
    expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }, raw), proc[marker]["pauc_sens_.8_1"], exact);
    expectClose(partialAuroc(labels, scores, { specificity: [0.9, 1] }), proc[marker]["mcclish_spec_.9_1"], exact);
    expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }), proc[marker]["mcclish_sens_.8_1"], exact);
  });

  it("tells the step specificity from the interpolated one", () => {
    const { labels, wfns } = readAsah();
    const curve = rocCurve(labels, wfns);
    expectClose(specificityAt(0.8, curve).specificity, 0.5138888888888888, exact);
    expectClose(interpolatedSpecificityAt(0.8, curve), 0.6574074074074073, exact);
  });
});

describe.skipIf(!dataFolder())("scikit-learn on aSAH (needs the data folder)", () => {
  const sklearn = golden<Record<"wfns" | "ndka", Readonly<Record<string, number>>>>("sklearnAsah", import.meta.url);
  it.each(["wfns", "ndka"] as const)("%s: areas and average precision", (marker) => {
    const { labels, [marker]: scores } = readAsah();
    const want = sklearn[marker];
    expectClose(auroc(labels, scores), want["auc"]!, exact);
    expectClose(averagePrecision(labels, scores), want["ap"]!, exact);
    expectClose(partialAuroc(labels, scores, { maxFalsePositiveRate: 0.1 }), want["max_fpr_0.1"]!, exact);
    expectClose(partialAuroc(labels, scores, { maxFalsePositiveRate: 0.2 }), want["max_fpr_0.2"]!, exact);
    expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.8 }), want["swap_.2"]!, exact);
    expectClose(partialAuroc(labels, scores, { minTruePositiveRate: 0.9 }), want["swap_.1"]!, exact);
  });
});

describe("scikit-learn's documented examples", () => {
  it("roc_curve of four cases", () => {
    const curve = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]);
    expect(Array.from(curve.falsePositiveRate)).toEqual([0, 0, 0.5, 0.5, 1]);
    expect(Array.from(curve.truePositiveRate)).toEqual([0, 0.5, 0.5, 1, 1]);
    expect(Array.from(curve.thresholds)).toEqual([Infinity, 0.8, 0.4, 0.35, 0.1]);
    expect(auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
  });

  it("max_fpr with ties", () => {
    expectClose(partialAuroc([0, 0, 1, 1], [0.1, 0, 0.1, 0.01], { maxFalsePositiveRate: 0.3 }), 0.5, exact);
  });
});
