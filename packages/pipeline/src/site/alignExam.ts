import { logit, poolLogits, sigmoid } from "@mammo/ensemble";
import { groupBy } from "../groupBy.ts";
import { type ReportParts, reportOf, reportParts } from "../score/placedReport.ts";
import type { ScoredExam } from "../score/scoreExam.ts";
import { alignScore, type DeviceAlignment } from "./alignDevice.ts";

/**
 * A scored exam as the reference device would have had it scored: each breast's logit is aligned, and with it all of its views and findings by the same amount. Since an alignment never falls, the highest breast stays the highest, and
 * the exam's logit is aligned as `npm run site` aligns exams.
 *
 * alignment: of the exam's device, to the `reference` of the bundle that scored it (`parseAlignments`).
 *
 * Source: ours.
 *
 * @throws RangeError as `alignScore`.
 * @example const aligned = alignExam(await scoreExam(exam, bundle), alignments.get(device)!, bundle);
 */
export function alignExam(
  { report, views }: ScoredExam,
  alignment: Pick<DeviceAlignment, "device" | "from" | "to">,
  bundle: ReportParts,
): ScoredExam {
  const shifts = new Map(
    [...groupBy(views, ({ image }) => image.laterality)].map(([side, own]) => {
      const breast = poolLogits(own.map(({ probability }) => logit(probability)));
      return [side, alignScore(alignment, breast) - breast] as const;
    }),
  );
  const aligned = views.map((view) => ({ ...view, probability: sigmoid(logit(view.probability) + shifts.get(view.image.laterality)!) }));
  const { study, leftOut, missing } = report;
  return { report: { ...reportOf(study, aligned, reportParts(bundle)), leftOut, missing, aligned: alignment.device }, views: aligned };
}
