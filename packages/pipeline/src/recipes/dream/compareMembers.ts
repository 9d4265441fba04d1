// Each family by itself beside all of them together, on the same breasts.
import { areaUnder, bootstrapRoc, pairedDifference, partialAreaUnder } from "@mammo/metrics";
import type { FamilyName } from "../../bundle/families.ts";
import { type Interval, intervalOf } from "../../predict/evaluateTestSet.ts";
import { type BreastPrediction, poolBreasts } from "../../predict/predictViews.ts";
import { validate } from "../../predict/validate.ts";
import type { ExaminingMember } from "../../score/examineExams.ts";
import type { StoredExamination } from "./examineStored.ts";

/** One member on the test women. */
export interface MemberMetrics {
  readonly name: string;
  readonly family: FamilyName;
  /** Of the validation women, on whom its calibrator was fitted. */
  readonly validationAuroc: number;
  readonly auroc: Interval;
  /** Over sensitivity [0.8, 1], not standardized. */
  readonly partialAurocRaw: Interval;
  /** AUROC of all together less its own, paired. */
  readonly togetherOver: Interval;
}

/** Each member's breasts, by its own logits. */
export const breastsOfMembers = (members: readonly ExaminingMember[], views: readonly StoredExamination[]): BreastPrediction[][] =>
  members.map((_, index) => poolBreasts(views.map(({ view, said }) => ({ view, logit: said[index]!.logit }))));

/** Each member on validation and test, intervals by woman. */
export function compareMembers(
  members: readonly ExaminingMember[],
  {
    validation,
    test,
    pooled,
    seed,
  }: {
    readonly validation: readonly StoredExamination[];
    readonly test: readonly StoredExamination[];
    /** The test breasts as all members together see them, in the same order. */
    readonly pooled: readonly BreastPrediction[];
    readonly seed: number;
  },
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
  const together = measure(pooled);
  const validated = breastsOfMembers(members, validation);
  return breastsOfMembers(members, test).map((breasts, index) => {
    const { name, family } = members[index]!;
    const { auroc, partial } = measure(breasts);
    return {
      ...{ name, family, validationAuroc: validate(validated[index]!).auroc },
      ...{ auroc: intervalOf(auroc), partialAurocRaw: intervalOf(partial), togetherOver: intervalOf(pairedDifference(together.auroc, auroc)) },
    };
  });
}
