import { minMax } from "@mammo/mammogram";

/** What an analysis has found, as far as it is judged by. */
export interface Judged {
  readonly cases: number;
  readonly positives: number;
  readonly clusters: number;
  readonly clusterName: string;
  readonly options: { readonly resamples: number };
  readonly scores: readonly {
    readonly name: string;
    readonly reader: boolean;
    readonly auroc: { readonly estimate: number };
    readonly calibration?: object | undefined;
    readonly undefinedResamples: number;
  }[];
}

/** Below this many cases of a class, resampling sees too few of it to say how it varies. */
const few = 10;

/** Whether an interval says how sure its estimate is: it has two different ends. */
export const hasWidth = ({ low, high }: { readonly low: number; readonly high: number }): boolean => low < high;

/** Of a class with too few cases. */
export function fewWarnings(classes: { readonly positives: number; readonly negatives: number }): readonly string[] {
  return (["positive", "negative"] as const).flatMap((name) => {
    const count = classes[`${name}s`];
    return count < few ? [`${count} ${name} ${count === 1 ? "case" : "cases"}: intervals cannot show how others would score`] : [];
  });
}

/** What a reader of the numbers has to know of them: said beside the tables. */
export function warningsOf({ cases, positives, clusters, clusterName, options, scores }: Judged): readonly string[] {
  const several = (names: readonly string[]) => names.join(", ");
  const certain = scores.filter(({ auroc }) => auroc.estimate === 0 || auroc.estimate === 1).map(({ name }) => name);
  const noProbability = scores.filter(({ reader, calibration }) => !reader && calibration === undefined).map(({ name }) => name);
  const undefinedResamples = minMax(scores.map((score) => score.undefinedResamples))[1];
  return [
    ...fewWarnings({ positives, negatives: cases - positives }),
    ...(certain.length > 0
      ? [`AUROC of 0 or 1 (${several(certain)}): every resample gives the same, so there is no interval; it is not certainty`]
      : []),
    ...(noProbability.length > 0 ? [`not in [0, 1], so no probabilities: ${several(noProbability)}; calibration and net benefit are left out`] : []),
    ...(clusters < cases
      ? [`several cases a ${clusterName}: DeLong's intervals, calibration and audit take them as independent, their intervals are too narrow`]
      : []),
    ...(undefinedResamples > 0 ? [`${undefinedResamples} of ${options.resamples} resamples had one class only and do not count`] : []),
  ];
}
