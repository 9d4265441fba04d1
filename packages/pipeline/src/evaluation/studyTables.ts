import type { StudyAnalysis, StudyPair } from "./analyzeStudy.ts";
import { degrees, pValue, withInterval } from "./cells.ts";
import type { Table } from "./tables.ts";

const names = {
  randomReadersRandomCases: "random readers, random cases",
  fixedReadersRandomCases: "fixed readers, random cases",
  randomReadersFixedCases: "random readers, fixed cases",
} as const;

/** The study in words, what was left out, and how its numbers are made. */
export function describeStudy(analysis: StudyAnalysis): readonly string[] {
  const { cases, positives, clusters, clusterName, readers, treatments, options, byReader, notes, warnings, omitted } = analysis;
  return [
    `${readers.length} readers, ${treatments.length} treatments (${treatments.join(", ")}), ${cases} cases, ${positives} positive${clusters < cases ? `, ${clusters} different ${clusterName}` : ""}; fully crossed`,
    ...notes,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...omitted.map(({ section, reason }) => `left out: ${section}: ${reason}`),
    `MRMC: Obuchowski and Rockette, covariances by ${options.covariance === "jackknife" ? `jackknife (leaving out each ${clusterName})` : options.covariance === "delong" ? "DeLong" : "unbiased U-statistics"}, degrees of freedom of Hillis; intervals 95 %`,
    `random readers and random cases: holds for readers and cases like these; fixed readers: for these readers only; fixed cases: for these cases only`,
    ...(treatments.length > 2 ? ["pairs of treatments: each by itself, with its own covariances; p also adjusted for all pairs (Holm)"] : []),
    `single readers: ${byReader.test}, paired; p also adjusted for all comparisons (Holm)`,
    ...(analysis.partialRaw === undefined ? [] : [`pAUROC raw: area over sensitivity [${options.minSensitivity}, 1], uncorrected`]),
  ];
}

/** The tables of a reader study, in the order of reading. */
export function studyTables(analysis: StudyAnalysis): readonly { readonly title: string; readonly rows: Table }[] {
  const { readers, treatments, auroc, partialRaw, byReader } = analysis;
  const pairs = treatments.length > 2;
  return [
    {
      title: "AUROC of each reader",
      rows: [
        ["reader", ...treatments],
        ...readers.map((reader) => [reader, ...byReader.areas.filter((area) => area.reader === reader).map((area) => withInterval(area))]),
        ["mean (random readers and cases)", ...auroc.means.map((mean) => withInterval(mean))],
      ],
    },
    {
      title: `Differences of each reader (${byReader.test})`,
      rows: [
        ["reader", "difference", "AUROC", "p", `p, ${byReader.differences.length} comparisons (Holm)`],
        ...byReader.differences.map(({ reader, a, b, p, pHolm, ...difference }) => [
          reader,
          `${a} − ${b}`,
          withInterval(difference),
          pValue(p),
          pValue(pHolm),
        ]),
      ],
    },
    ...(
      [
        ["AUROC", 3, auroc],
        ["pAUROC raw", 4, partialRaw],
      ] as const
    ).flatMap(([words, digits, measure]) =>
      measure === undefined
        ? []
        : [
            {
              title: `Mean ${words}: are all treatments equal?`,
              rows: [
                ["analysis", "statistic", "df", "p"],
                ...measure.tests.map(({ analysis, statistic, df1, df2, p }) => [
                  names[analysis],
                  `${analysis === "fixedReadersRandomCases" ? "X²" : "F"} = ${statistic.toFixed(3)}`,
                  analysis === "fixedReadersRandomCases" ? String(df1) : `${df1}, ${degrees(df2)}`,
                  pValue(p),
                ]),
              ],
            },
            {
              title: `Mean ${words}: differences`,
              rows: [
                ["difference", "analysis", words, "SE", "p", ...(pairs ? [`p, ${measure.pairs.length} pairs (Holm)`] : [])],
                ...measure.pairs.flatMap((pair) => differenceRows(pair, digits, pairs)),
              ],
            },
          ],
    ),
    {
      title: "Variance components of AUROC",
      rows: [
        ["component", "estimate"],
        ["error variance", small(auroc.components.variance)],
        ["cov1: same reader, other treatment", small(auroc.components.cov1)],
        ["cov2: other reader, same treatment", small(auroc.components.cov2)],
        ["cov3: other reader, other treatment", small(auroc.components.cov3)],
        ["MS(treatment)", small(auroc.meanSquares.treatment)],
        ["MS(reader)", small(auroc.meanSquares.reader)],
        ["MS(treatment x reader)", small(auroc.meanSquares.treatmentByReader)],
        ...(auroc.dbm === undefined ? [] : Object.entries(auroc.dbm).map(([name, value]) => [`Dorfman-Berbaum-Metz: ${name}`, small(value)])),
      ],
    },
  ];
}

function differenceRows(pair: StudyPair, digits: number, adjusted: boolean): (string | number)[][] {
  return (Object.keys(names) as (keyof typeof names)[]).map((analysis) => {
    const { p, pHolm, standardError, ...difference } = pair[analysis];
    return [
      `${pair.a} − ${pair.b}`,
      names[analysis],
      withInterval(difference, digits),
      standardError.toFixed(digits + 1),
      pValue(p),
      ...(adjusted ? [pValue(pHolm)] : []),
    ];
  });
}

const small = (value: number): string => value.toPrecision(7);
