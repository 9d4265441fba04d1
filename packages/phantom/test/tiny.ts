import { type Device, devices, growLesion, type ViewSpec } from "@mammo/phantom";

/** A device with larger pixels, for tests that need no detail. */
export const coarse = (device: Device, mmPerPixel: number): Device => ({
  ...device,
  rows: Math.round((device.rows * device.mmPerPixel) / mmPerPixel),
  columns: Math.round((device.columns * device.mmPerPixel) / mmPerPixel),
  mmPerPixel,
});

/** One left MLO view with a spiculated mass. */
export const massSpec: ViewSpec = {
  seed: 7,
  woman: 1,
  exam: 1,
  image: 1,
  laterality: "L",
  view: "MLO",
  device: coarse(devices.aldebaran, 0.5),
  lesions: [growLesion({ kind: "mass", malignant: true, center: [45, 8, 6], growth: 1, conspicuity: 1, seed: [7, 1, "L"] })],
};

/** Area under the ROC curve by its definition: the share of pairs in the right order, ties as half. */
export function auroc(labels: readonly number[], scores: readonly number[]): number {
  let won = 0;
  let pairs = 0;
  for (const [i, score] of scores.entries())
    for (const [j, other] of scores.entries())
      if (labels[i] === 1 && labels[j] === 0) {
        pairs++;
        won += score > other ? 1 : score === other ? 0.5 : 0;
      }
  return won / pairs;
}
