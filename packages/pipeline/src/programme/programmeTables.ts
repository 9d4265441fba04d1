import type { Rate } from "@mammo/metrics";
import type { Table } from "../evaluation/tables.ts";
import { type ProgrammeReport, roundName } from "./programmeReport.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const rate = ({ rate, low, high, of }: Rate) => (of === 0 ? "none" : `${percent(rate)} [${percent(low)}, ${percent(high)}]`);

/** A programme's report as tables of text, each with its title: for a terminal or a page. */
export function programmeTables({
  distributions,
  earlier,
  operating,
  calibration,
}: ProgrammeReport): readonly { readonly title: string; readonly rows: Table }[] {
  const thresholds = [...new Set(operating.map(({ threshold }) => threshold))];
  const clear = operating.filter(({ group }) => group === "all");
  return [
    {
      title: "Exams by score",
      rows: [
        ["group", "exams", ...Array.from({ length: 10 }, (_, i) => i + 1)],
        ...distributions.map(({ group, exams, counts }) => [group, exams, ...counts]),
      ],
    },
    ...(earlier.length === 0
      ? []
      : [
          {
            title: "Flagged before the cancer was found",
            rows: [
              ["score at least", ...earlier.map(({ before, women }) => `${roundName(before)} (${women})`), "recall, all", "specificity"],
              ["median days before", ...earlier.map(({ medianDays = "" }) => medianDays), "", ""],
              ...thresholds.map((threshold, at) => [
                threshold,
                ...earlier.map(({ flagged }) => rate(flagged[at]!.rate)),
                rate(clear[at]!.recall),
                rate(clear[at]!.specificity),
              ]),
            ],
          },
        ]),
    ...thresholds.map((threshold) => ({
      title: `Operating point: score of at least ${threshold}`,
      rows: [
        ["group", "exams", "cancers", "recall", "sensitivity", "specificity"],
        ...operating
          .filter((row) => row.threshold === threshold)
          .map(({ group, recall, sensitivity, specificity }) => [
            group,
            recall.of,
            sensitivity.of,
            rate(recall),
            rate(sensitivity),
            rate(specificity),
          ]),
      ],
    })),
    {
      title: "Cancers expected by the probabilities, and observed",
      rows: [
        ["group", "exams", "expected", "observed", "mean probability", "observed share"],
        ...calibration.map(({ group, exams, cancers, expected, observed, meanProbability }) => [
          group,
          exams,
          expected.toFixed(1),
          cancers,
          percent(meanProbability),
          rate(observed),
        ]),
      ],
    },
  ];
}
