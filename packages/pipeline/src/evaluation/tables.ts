import type { Analysis } from "./analyze.ts";
import { degrees, percent, pValue, withInterval } from "./cells.ts";

/** Rows of cells, the first row as heads. */
export type Table = readonly (readonly (string | number)[])[];

/** The cases in words, what was left out, and what each number is: printed with every table, since the two partial areas cannot be told apart by looking. */
export function describeAnalysis({ options, clusterName, scores, cases, positives, clusters, notes, warnings }: Analysis): readonly string[] {
  const s = options.minSensitivity;
  const full = 1 - s;
  return [
    `${cases} cases, ${positives} positive, ${clusters} different ${clusterName}`,
    ...notes,
    ...warnings.map((warning) => `warning: ${warning}`),
    `pAUROC raw: area over sensitivity [${s}, 1], uncorrected; ${round(full)} is perfect, ${round((full * full) / 2)} is chance${s === 0.8 ? " (the DREAM challenge's convention)" : ""}`,
    "pAUROC McClish: the same area standardized after McClish (1989); 1 is perfect, 0.5 is chance",
    `specificity: at sensitivity ${s}; step = best threshold with at least that sensitivity, line = interpolated on the curve`,
    ...(scores.some(({ specificityStep }) => specificityStep.estimate === 0)
      ? [
          `a step specificity of 0: the score's lowest value is shared by so many that no threshold reaches sensitivity ${s}; its curve is a straight line from there`,
        ]
      : []),
    `intervals: 95 %, percentile bootstrap, ${options.resamples} resamples drawn by ${clusterName}, seed ${options.seed}; "no interval" where all of them agree`,
    "dreamCompat: the challenge's own resampling (a subsample of some 63 %), too narrow; for comparison with its numbers only",
  ];
}

/** Of the p of one comparison, or of one among several. */
const heads = (comparisons: number): readonly string[] => (comparisons > 1 ? ["p", `p, ${comparisons} comparisons (Holm)`] : ["p"]);

const round = (value: number) => Number(value.toPrecision(6));

/** Title -> table, in the order of reading. */
export function tablesOf(analysis: Analysis): readonly { readonly title: string; readonly rows: Table }[] {
  const { scores, differences, readerStudy, subgroups, audit, omitted } = analysis;
  const tables: { title: string; rows: Table }[] = [
    {
      title: "Scores",
      rows: [
        ["score", "AUROC", "pAUROC raw", "pAUROC McClish", "specificity (step)", "(line)"],
        ...scores.map((score) => [
          score.name,
          withInterval(score.auroc),
          withInterval(score.partialRaw, 4),
          withInterval(score.partialMcClish),
          withInterval(score.specificityStep),
          score.specificityInterpolated.estimate.toFixed(3),
        ]),
      ],
    },
    {
      title: "Other intervals of AUROC",
      rows: [
        ["score", "cluster bootstrap", "dreamCompat", "DeLong, cases taken as independent"],
        ...scores.map(({ name, auroc, dreamCompat, delongIgnoringClusters: d }) => [
          name,
          withInterval(auroc),
          withInterval(dreamCompat.auroc),
          withInterval({ estimate: d.auroc, low: d.low, high: d.high }),
        ]),
      ],
    },
  ];
  if (differences.length > 0)
    tables.push({
      title: `Paired differences (${testsOf(differences[0]!)})`,
      rows: [
        ["difference", "AUROC", ...heads(differences.length), "pAUROC raw", ...heads(differences.length)],
        ...differences.map(({ a, b, auroc, partialRaw }) => [
          `${a} − ${b}`,
          ...[auroc, partialRaw].flatMap((one, k) => [
            withInterval(one, 3 + k),
            pValue(one.p),
            ...(differences.length > 1 ? [pValue(one.pHolm)] : []),
          ]),
        ]),
      ],
    });
  if (readerStudy !== undefined)
    for (const [measure, digits, words] of [
      ["auroc", 3, "AUROC"],
      ["partialRaw", 4, "pAUROC raw"],
    ] as const)
      tables.push(
        {
          title: `Model against the mean of ${readerStudy.readers} readers, ${words} (random readers and cases)`,
          rows: [
            ["model", "model alone", "mean reader", "difference", "df", "p"],
            ...readerStudy.models.map(({ name, [measure]: { versusMeanReader: v } }) => [
              name,
              v.ai.toFixed(digits),
              v.meanReader.toFixed(digits),
              withInterval(v.difference, digits),
              degrees(v.degreesOfFreedom),
              pValue(v.p),
            ]),
          ],
        },
        {
          title: `Reader and model (mean of both) against the reader alone, ${words}: MRMC, Obuchowski-Rockette, jackknife`,
          rows: [
            ["model", "readers with model", "difference", "F", "df", "p", "p, fixed readers", "readers that gain"],
            ...readerStudy.models.map(({ name, [measure]: { combined: c } }) => [
              name,
              withInterval(c.withModel, digits),
              withInterval(c.difference, digits),
              c.f.toFixed(2),
              degrees(c.df2),
              pValue(c.p),
              pValue(c.fixedReadersP),
              `${c.better} of ${readerStudy.readers}`,
            ]),
          ],
        },
      );
  for (const { name, rows } of subgroups)
    tables.push({
      title: `Subgroups by ${name}`,
      rows: [
        [name, "score", "cases", "positive", analysis.clusterName, "AUROC", "pAUROC raw"],
        ...rows.map(({ group, score, cases, positives, clusters, auroc, partialRaw }) => [
          group === "" ? "(missing)" : group,
          score,
          cases,
          positives,
          clusters,
          auroc ? withInterval(auroc) : positives > 0 && positives < cases ? `one ${analysis.clusterName} only` : "one class only",
          partialRaw ? withInterval(partialRaw, 4) : "",
        ]),
      ],
    });
  const calibrated = scores.flatMap(({ name, calibration }) => (calibration === undefined ? [] : [{ name, calibration }]));
  if (calibrated.length > 0)
    tables.push(
      {
        title: "Calibration at the prevalence of this set",
        rows: [
          ["score", "Brier", "slope", "intercept", "ECE (10 bins of equal mass)"],
          ...calibrated.map(({ name, calibration: { brier, slope, intercept, error } }) => [
            name,
            brier.toFixed(4),
            withInterval(ofCoefficient(slope)),
            withInterval(ofCoefficient(intercept)),
            error.expected.toFixed(4),
          ]),
        ],
      },
      {
        title: "Calibration by bins of equal mass",
        rows: [
          ["score", "cases", "positive", "mean predicted", "observed"],
          ...calibrated.flatMap(({ name, calibration: { bins } }) =>
            bins.map(({ cases, positives, predicted, observed, low, high }) => [
              name,
              cases,
              positives,
              predicted.toPrecision(3),
              withInterval({ estimate: observed, low, high }, 4),
            ]),
          ),
        ],
      },
    );
  if (audit !== undefined)
    tables.push({
      title: `Screening audit of ${scores[0]!.name} at threshold ${Number(audit.threshold.toPrecision(6))}`,
      rows: [
        ["measure", "this set", `at prevalence ${percent(audit.reweighted.prevalence)}`, "interval", "BCSC (PMC5375631)"],
        ...audit.reweighted.beside.map(({ measure, value, low, high, published }) => [
          measure,
          percent(audit.asIs[measure]!.rate),
          percent(value),
          `${percent(low)} to ${percent(high)}`,
          percent(published),
        ]),
      ],
    });
  if (omitted.length > 0) tables.push({ title: "Left out", rows: [["section", "why"], ...omitted.map(({ section, reason }) => [section, reason])] });
  return tables;
}

const testsOf = ({ auroc, partialRaw }: Analysis["differences"][number]): string =>
  auroc.test === partialRaw.test ? auroc.test : `AUROC: ${auroc.test}; pAUROC: ${partialRaw.test}`;

/** A coefficient with the interval of its standard error. */
const ofCoefficient = ({ estimate, standardError }: { readonly estimate: number; readonly standardError: number }) => ({
  estimate,
  low: estimate - 1.959963984540054 * standardError,
  high: estimate + 1.959963984540054 * standardError,
});
