import { minMax } from "@mammo/mammogram";
import { averageRocCurve, rocCurve } from "@mammo/metrics";
import { forestPlot, rocPlot } from "@mammo/metrics/plot";
import type { StudyAnalysis } from "./analyzeStudy.ts";
import type { Figure } from "./figures.ts";
import { keyBelow } from "./keyBelow.ts";
import type { ReaderStudy } from "./readStudy.ts";

/** The figures of a reader study, as SVG. */
export function studyFigures({ labels, treatments, ratings }: ReaderStudy, analysis: StudyAnalysis): readonly Figure[] {
  const { cases, positives, readers, auroc, byReader } = analysis;
  const subtitle = `${readers.length} readers, ${cases} cases, ${positives} positive`;
  const curves = ratings.map((lists) => lists.map((scores) => rocCurve(labels, scores)));
  const mean = treatments.map((treatment, i) => ({
    name: `${treatment} ${auroc.means[i]!.estimate.toFixed(3)}`,
    curve: averageRocCurve(curves[i]!),
  }));
  const several = treatments.length > 2;
  const differences = [
    ...byReader.differences.map(({ reader, a, b, ...difference }) => ({
      ...difference,
      name: several ? `${reader}: ${a} − ${b}` : reader,
      series: 7,
    })),
    ...auroc.pairs.map(({ a, b, randomReadersRandomCases }) => ({
      ...randomReadersRandomCases,
      name: several ? `mean: ${a} − ${b}` : "mean",
      series: 0,
    })),
  ];
  const widest = minMax(differences.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]).filter(Number.isFinite))[1];
  const reach = Math.ceil(Math.max(widest, 0.05) * 20) / 20;
  return [
    {
      name: "roc",
      caption: "ROC of each treatment, the readers' mean sensitivity at each specificity; thin lines are single readers.",
      svg: keyBelow(rocPlot([...curves.flat().map((curve) => ({ name: "", curve, faint: true })), ...mean], { subtitle })),
    },
    {
      name: "readers",
      caption: "AUROC of each reader with each treatment, with 95 % intervals.",
      svg: forestPlot(
        byReader.areas.map(({ reader, treatment, ...area }) => ({ ...area, name: `${reader}: ${treatment}`, series: treatments.indexOf(treatment) })),
        {
          title: "AUROC",
          subtitle,
          label: "AUROC",
          domain: [Math.min(0.5, minMax(byReader.areas.map(({ low }) => Math.floor((Number.isNaN(low) ? 1 : low) * 10) / 10))[0]), 1],
          reference: 0.5,
        },
      ),
    },
    {
      name: "differences",
      caption: `Differences of AUROC${several ? "" : `, ${treatments.join(" less ")}`}, of each reader and of the mean (random readers and cases), with 95 % intervals.`,
      svg: forestPlot(differences, {
        title: "Differences of AUROC",
        subtitle: several ? subtitle : `${treatments.join(" − ")}; ${subtitle}`,
        label: "difference of AUROC",
        domain: [-reach, reach],
        reference: 0,
      }),
    },
  ];
}
