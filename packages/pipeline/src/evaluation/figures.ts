import { minMax } from "@mammo/mammogram";
import { averageRocCurve, type RocCurve, rocCurve } from "@mammo/metrics";
import { decisionPlot, forestPlot, rocPlot, scoreHistogram } from "@mammo/metrics/plot";
import type { Analysis } from "./analyze.ts";
import { calibrationPlot } from "./calibrationPlot.ts";
import type { Cases } from "./joinCases.ts";
import { keyBelow } from "./keyBelow.ts";

/** A figure and the name of its file. */
export interface Figure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

/** The figures of a report, as SVG: all models in each, keys below them. */
export function figuresOf({ labels, models, readers }: Cases, analysis: Analysis): readonly Figure[] {
  const { options, scores, cases, positives, decision } = analysis;
  const subtitle = `${cases} cases, ${positives} positive`;
  const [first] = models as readonly [Cases["models"][number]];
  const area = (name: string) => scores.find((score) => score.name === name)!.auroc.estimate.toFixed(3);
  const band = {
    falsePositiveRate: Float64Array.from(analysis.rocBand, (point) => point.falsePositiveRate),
    low: Float64Array.from(analysis.rocBand, ({ low }) => low),
    high: Float64Array.from(analysis.rocBand, ({ high }) => high),
  };
  const curves = models.map(({ name, values }, k) => ({
    name: `${name} ${area(name)}`,
    curve: drawable(rocCurve(labels, values)),
    ...(k === 0 ? { band } : {}),
  }));
  const readerCurves = readers.map(({ values }) => rocCurve(labels, values));
  const average = readerCurves.length < 2 ? [] : [{ name: `mean of ${readers.length} readers`, curve: averageRocCurve(readerCurves) }];
  const figures: Figure[] = [
    {
      name: "roc",
      caption: `ROC; the band is the pointwise 95 % interval of ${first.name}, the shaded strip the region of the partial area${readers.length > 0 ? "; thin lines are single readers" : ""}.`,
      svg: keyBelow(
        rocPlot([...curves, ...readerCurves.map((curve, k) => ({ name: readers[k]!.name, curve: drawable(curve), faint: true })), ...average], {
          subtitle,
          region: { minTruePositiveRate: options.minSensitivity },
        }),
      ),
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
      caption: `How ${first.name} is spread in each class.`,
      svg: keyBelow(scoreHistogram(labels, first.values, { subtitle: first.name })),
    },
  ];
  const calibrated = scores.flatMap(({ name, calibration }) => (calibration === undefined ? [] : [{ name, bins: calibration.bins }]));
  if (calibrated.length > 0)
    figures.push(
      {
        name: "reliability",
        caption: "Calibration in ten bins of equal mass: observed share with its 95 % interval against the mean probability.",
        svg: calibrationPlot(calibrated, { subtitle }),
      },
      {
        name: "decision",
        caption: `Net benefit at prevalence ${percent(options.prevalence)}; the scores are shifted from this set's prevalence (${percent(positives / cases)}) to it, as if they were calibrated here.`,
        svg: keyBelow(decisionPlot(decision, { subtitle: `re-weighted to prevalence ${percent(options.prevalence)}` })),
      },
    );
  return figures;
}

/** The curve of a million cases as what a picture can show: a point for each two-thousandth of either rate. */
function drawable(curve: RocCurve): Pick<RocCurve, "falsePositiveRate" | "truePositiveRate"> {
  const { falsePositiveRate: f, truePositiveRate: t } = curve;
  if (f.length <= 4000) return curve;
  const kept = [0];
  for (let i = 1; i < f.length - 1; i++) {
    const last = kept.at(-1)!;
    if (f[i + 1]! - f[last]! > 1 / 2000 || t[i + 1]! - t[last]! > 1 / 2000) kept.push(i);
  }
  kept.push(f.length - 1);
  return { falsePositiveRate: Float64Array.from(kept, (i) => f[i]!), truePositiveRate: Float64Array.from(kept, (i) => t[i]!) };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
