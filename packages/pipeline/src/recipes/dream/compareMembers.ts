// Each family by itself beside all of them together, on the same breasts.
import { areaUnder, bootstrapRoc, pairedDifference, partialAreaUnder } from "@mammo/metrics";
import { type Interval, intervalOf } from "../../predict/evaluateTestSet.ts";
import type { BreastPrediction } from "../../predict/predictViews.ts";
import { validate } from "../../predict/validate.ts";

/** A family, or one member, on validation and test women. */
export interface MemberMetrics {
  readonly name: string;
  /** How many members are pooled in it. */
  readonly members: number;
  /** Of the validation women, on whom calibrators were fitted. */
  readonly validationAuroc: number;
  readonly auroc: Interval;
  /** Over sensitivity [0.8, 1], not standardized. */
  readonly partialAurocRaw: Interval;
  /** AUROC of all together less its own, paired. */
  readonly togetherOver: Interval;
}

/** The same breasts, in one order, as some members see them. */
export interface SeenBreasts {
  readonly name: string;
  readonly members: number;
  readonly validation: readonly BreastPrediction[];
  readonly test: readonly BreastPrediction[];
}

/** Families or members beside all of them together, intervals by woman. */
export function compareMembers(
  parts: readonly SeenBreasts[],
  { together, seed }: { readonly together: readonly BreastPrediction[]; readonly seed: number },
): readonly MemberMetrics[] {
  const statistics = {
    auroc: areaUnder,
    partial: (curve: Parameters<typeof areaUnder>[0]) => partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true }),
  };
  const measure = (breasts: readonly BreastPrediction[]) => {
    const cases = {
      labels: breasts.map(({ cancer }) => cancer!),
      scores: breasts.map(({ logit }) => logit),
      clusters: breasts.map(({ patientId }) => patientId),
    };
    return bootstrapRoc(cases, statistics, { seed });
  };
  const all = measure(together);
  return parts.map(({ name, members, validation, test }) => {
    const { auroc, partial } = measure(test);
    return {
      ...{ name, members, validationAuroc: validate(validation).auroc },
      ...{ auroc: intervalOf(auroc), partialAurocRaw: intervalOf(partial), togetherOver: intervalOf(pairedDifference(all.auroc, auroc)) },
    };
  });
}
