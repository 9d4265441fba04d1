import { shiftPrevalence } from "@mammo/ensemble";
import { minMax } from "@mammo/mammogram";
import { averageRocCurve, calibrationCurve, netBenefit, rocBand, rocCurve } from "@mammo/metrics";
import { decisionPlot, forestPlot, reliabilityPlot, rocPlot, scoreHistogram } from "@mammo/metrics/plot";
import type { Analysis } from "./analyze.ts";
import type { Cases } from "./joinCases.ts";

/** A figure and the name of its file. */
export interface Figure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

/** The figures of a report, as SVG. At most four models are drawn: more curves cannot be told apart. */
export function figuresOf({ labels, clusters, models, readers }: Cases, analysis: Analysis): readonly Figure[] {
  const { options, scores, cases, positives } = analysis;
  const subtitle = `${cases} cases, ${positives} positive`;
  const shown = models.slice(0, 4);
  const area = (name: string) => scores.find((score) => score.name === name)!.auroc.estimate.toFixed(3);
  const curves = shown.map(({ name, values }, k) => ({
    name: `${name} ${area(name)}`,
    curve: rocCurve(labels, values),
    ...(k === 0 ? { band: rocBand({ labels, scores: values, clusters }, { seed: options.seed, resamples: Math.min(1000, options.resamples) }) } : {}),
  }));
  const readerCurves = readers.map(({ values }) => rocCurve(labels, values));
  const average = readerCurves.length < 2 ? [] : [{ name: `mean of ${readers.length} readers`, curve: averageRocCurve(readerCurves) }];
  const figures: Figure[] = [
    {
      name: "roc",
      caption: `ROC; the band is the pointwise 95 % interval of ${shown[0]!.name}, the shaded strip the region of the partial area${readers.length > 0 ? "; thin lines are single readers" : ""}.`,
      svg: rocPlot([...curves, ...readerCurves.map((curve, k) => ({ name: readers[k]!.name, curve, faint: true })), ...average], {
        subtitle,
        region: { minTruePositiveRate: options.minSensitivity },
      }),
    },
    {
      name: "auroc",
      caption: "AUROC of each score with its 95 % interval.",
      svg: forestPlot(
        scores.map(({ name, auroc, reader }) => ({ name, ...auroc, series: reader ? 7 : 0 })),
        {
          title: "AUROC",
          subtitle,
          label: "AUROC",
          domain: [Math.min(0.5, minMax(scores.map(({ auroc }) => Math.floor(auroc.low * 10) / 10))[0]), 1],
          reference: 0.5,
        },
      ),
    },
    {
      name: "pauroc",
      caption: `Partial AUROC over sensitivity [${options.minSensitivity}, 1], raw, of each score with its 95 % interval; dashed: chance.`,
      svg: forestPlot(
        scores.map(({ name, partialRaw, reader }) => ({ name, ...partialRaw, series: reader ? 7 : 0 })),
        {
          title: "Partial AUROC, raw",
          subtitle,
          label: `area over sensitivity ${options.minSensitivity} to 1`,
          domain: [0, 1 - options.minSensitivity],
          reference: (1 - options.minSensitivity) ** 2 / 2,
        },
      ),
    },
    {
      name: "scores",
      caption: `How ${shown[0]!.name} is spread in each class.`,
      svg: scoreHistogram(labels, shown[0]!.values, { subtitle: shown[0]!.name }),
    },
  ];
  if (positives > 0 && positives < cases && shown.every(({ values }) => values.every((value) => value >= 0 && value <= 1))) {
    const bins = calibrationCurve(labels, shown[0]!.values, { strategy: "quantile" });
    const highest = minMax(bins.flatMap(({ predicted, observed }) => [predicted, observed]))[1];
    const shift = { from: positives / cases, to: options.prevalence };
    figures.push(
      {
        name: "reliability",
        caption: `Reliability of ${shown[0]!.name} in ten bins of equal mass.`,
        svg: reliabilityPlot(bins, { subtitle, maximum: Math.min(1, Math.ceil(highest * 11) / 10) }),
      },
      {
        name: "decision",
        caption: `Net benefit at prevalence ${percent(shift.to)}; the scores are shifted from this set's prevalence (${percent(shift.from)}) to it, as if they were calibrated here.`,
        svg: decisionPlot(
          shown.map(({ name, values }) => ({
            name,
            curve: netBenefit(
              labels,
              values.map((value) => shiftPrevalence(value, shift)),
              { prevalence: shift.to, thresholds: thresholdsFor(shift.to) },
            ),
          })),
          { subtitle: `re-weighted to prevalence ${percent(shift.to)}` },
        ),
      },
    );
  }
  return figures;
}

/** Sixty thresholds up to six times the prevalence, all below 1. */
const thresholdsFor = (prevalence: number) => Array.from({ length: 60 }, (_, k) => Math.min(((k + 1) * prevalence) / 10, (k + 1) / 61));

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
