import { describe, expectTypeOf, it } from "vitest";
import {
  areaUnder,
  auroc,
  type BootstrapEstimate,
  bootstrapRoc,
  calibrationCurve,
  delong,
  mrmc,
  partialAuroc,
  type RocCurve,
  rocCurve,
  screeningAudit,
} from "../src/index.ts";

const [labels, scores] = [
  [0, 1],
  [0.2, 0.8],
];

// Never called: `npm run test:types` compiles it, and an option that is refused no longer would be an error there.
const refused = () => {
  // @ts-expect-error a part must say along which axis
  partialAuroc(labels, scores, {});
  // @ts-expect-error not a known bound
  partialAuroc(labels, scores, { minSensitivity: 0.8 });
  // @ts-expect-error an interval has two ends
  partialAuroc(labels, scores, { sensitivity: [0.8] });
  // @ts-expect-error a part is needed
  partialAuroc(labels, scores);
  // @ts-expect-error labels are numbers
  auroc(["cancer", "normal"], scores);
  // @ts-expect-error weights are named
  auroc(labels, scores, [1, 1]);
  // @ts-expect-error no interval without a seed
  bootstrapRoc({ labels, scores }, { a: areaUnder }, {});
  // @ts-expect-error not a method
  bootstrapRoc({ labels, scores }, { a: areaUnder }, { seed: 1, method: "normal" });
  // @ts-expect-error a partial area has no DeLong covariance: the jackknife takes any statistic
  mrmc(labels, [[scores]], { covariance: "delong", statistic: areaUnder });
  // @ts-expect-error clustered cases need the jackknife
  mrmc(labels, [[scores]], { covariance: "unbiased", clusters: ["a", "b"] });
  // @ts-expect-error not a strategy
  calibrationCurve(labels, scores, { strategy: "mass" });
  // @ts-expect-error recalls are needed
  screeningAudit({ labels });
  // @ts-expect-error a curve cannot be changed
  rocCurve(labels, scores).thresholds = new Float64Array(1);
};

describe("types", () => {
  it("say what comes back", () => {
    expectTypeOf(refused).toBeFunction();
    expectTypeOf(auroc(labels, scores)).toEqualTypeOf<number>();
    expectTypeOf(auroc(new Uint8Array([0, 1]), new Float32Array([0, 1]))).toEqualTypeOf<number>();
    expectTypeOf(rocCurve(labels, scores)).toEqualTypeOf<RocCurve>();
    expectTypeOf(delong(labels, scores, scores).p).toEqualTypeOf<number>();
    const run = () => bootstrapRoc({ labels, scores, clusters: ["a", "b"] }, { auroc: areaUnder, mine: () => 1 }, { seed: 1, resamples: 5 });
    expectTypeOf(run).returns.toEqualTypeOf<Readonly<Record<"auroc" | "mine", BootstrapEstimate>>>();
  });
});
