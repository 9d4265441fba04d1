// npm run bench -- ensemble: what comes behind the nets of one exam: 50 members x 4 views x 100 boxes to one report.
import {
  buildReport,
  calibrate,
  type Detection,
  deciles,
  findingsOfBreast,
  fitPlatt,
  joinPeaks,
  type Landmarks,
  mergeDetections,
  placeInBreast,
  poolLogits,
  suppressDetections,
} from "@mammo/ensemble";
import { keyedRandom, type Laterality, quantile, sortedNumbers } from "@mammo/mammogram";
import type { Bench } from "../harness/harness.ts";

const [members, boxesEach, places] = [50, 100, 30];

/** One view as fifty detectors and fifty classifiers see it: some places that they agree on, and false ones anywhere. */
function makeView(laterality: Laterality, view: "CC" | "MLO") {
  const random = keyedRandom(1, "bench", laterality, view);
  const centers = Array.from({ length: places }, () => [random.between(100, 1100), random.between(50, 600)] as const);
  const perModel = Array.from({ length: members }, () =>
    Array.from({ length: boxesEach }, (_, i): Detection => {
      const [row, column] = i < places ? centers[i]! : [random.between(50, 1150), random.between(25, 700)];
      const [tall, wide] = [random.between(15, 45), random.between(15, 45)];
      const [down, right] = [3 * random.normal(), 3 * random.normal()];
      const box = { top: row - tall + down, left: column - wide + right, bottom: row + tall + down, right: column + wide + right };
      return { box, label: 0, score: i < places ? random.between(0.2, 0.9) : random.between(0.01, 0.3) };
    }),
  );
  const landmarks: Landmarks = {
    ...{ laterality, view, mmPerPixel: 0.25, nipple: [600, 500], nippleConfidence: 1 },
    pectoral: {
      line: [
        [0, 200],
        [800, 0],
      ],
      confidence: 1,
    },
  };
  return { perModel, logits: Array.from({ length: members }, () => random.normal() - 1), landmarks };
}

export const bench: Bench = {
  name: "ensemble",
  async run(harness) {
    const views = (["L", "R"] as const).flatMap((laterality) => (["CC", "MLO"] as const).map((view) => makeView(laterality, view)));
    const calibrator = fitPlatt([-2, -1, 0, 1, 2, 3], [0, 0, 1, 0, 1, 1]);
    const scale = { name: "deciles", cuts: deciles };
    const examine = () => {
      const seen = views.map(({ perModel, logits, landmarks }) => {
        const fused = suppressDetections(mergeDetections(perModel, { most: 100 }), { iouThreshold: 0.2 }).slice(0, 10);
        const detections = fused.map(({ box, score }) => ({ box, score, place: placeInBreast(box, landmarks) }));
        const cell = { top: 400, left: 200, bottom: 592, right: 392 };
        const peaks = joinPeaks([{ box: cell, logOdds: 0, place: placeInBreast(cell, landmarks) }], detections);
        return { laterality: landmarks.laterality, view: landmarks.view, probability: calibrate(calibrator, poolLogits(logits)), peaks };
      });
      const findings = (["L", "R"] as const).flatMap((side) => findingsOfBreast(seen.filter(({ laterality }) => laterality === side)));
      return buildReport({ study: "bench", findings }, scale, { maxPnlDifference: Infinity });
    };
    const { breasts } = examine();
    const pairs = breasts.flatMap(({ lesions }) => lesions).filter(({ pairProbability }) => pairProbability !== undefined);
    if (breasts.length !== 2 || pairs.length === 0) throw new Error(`Expected two breasts with pairs, got ${breasts.length} and ${pairs.length}`);
    const boxes = members * views.length * boxesEach;
    const whole = await harness.compare(
      `${members} members x ${views.length} views x ${boxesEach} boxes`,
      [
        { name: "fusion to report", work: boxes, iterate: () => void examine() },
        { name: "fusion alone", work: boxes, iterate: () => void views.map(({ perModel }) => mergeDetections(perModel)) },
      ],
      { unit: "boxes" },
    );
    // On a machine that others use too, a contender waits for its turn: what it took of the processor is what an idle core would need.
    const spent = Array.from({ length: harness.quick ? 5 : 15 }, () => {
      const before = process.cpuUsage();
      examine();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(sortedNumbers(spent), p).toPrecision(3)) as [string, string, string];
    harness.table({ title: "Processor time of fusion to report", columns: ["median, ms", "quartiles, ms"], rows: [[middle, `${low} to ${high}`]] });
    harness.threshold("ensemble.exam-ms", 1000 * whole.timings[0]!.median, "<", 50);
  },
};
