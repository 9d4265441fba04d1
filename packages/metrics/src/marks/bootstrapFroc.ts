import { requireKnownKeys } from "@mammo/mammogram";
import type { ClusterNames } from "../cases/clusters.ts";
import { type BootstrapOptions, bootstrap } from "../intervals/bootstrap.ts";
import type { FrocImage } from "./frocCurve.ts";

/**
 * Interval of any number computed from marked images, drawn by exam: `exams` names the exam of each image.
 *
 * @throws RangeError for fewer than two exams and as the statistic does.
 * @example bootstrapFroc(images, (sample) => frocScore(frocCurve(sample)), { seed: 1, exams });
 */
export function bootstrapFroc<Image extends FrocImage>(
  images: readonly Image[],
  statistic: (images: readonly Image[]) => number,
  options: BootstrapOptions & { readonly exams?: ClusterNames },
): { readonly estimate: number; readonly low: number; readonly high: number; readonly standardError: number } {
  requireKnownKeys("bootstrapFroc", options, { seed: true, resamples: true, confidence: true, exams: true });
  const { exams, ...drawing } = options;
  const resample = (rows: Int32Array) => statistic(Array.from(rows, (row) => images[row]!));
  return { estimate: statistic(images), ...bootstrap(images.length, resample, { ...drawing, ...(exams === undefined ? {} : { clusters: exams }) }) };
}
