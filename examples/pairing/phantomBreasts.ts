import { type Landmarks, type PlacedFinding, placeInBreast } from "@mammo/ensemble";
import { type Box, keyedRandom, lesionKinds, type Point, type Random } from "@mammo/mammogram";
import { devices, growLesion, type LesionTruth, viewTruth } from "@mammo/phantom";

/** A breast seen in two views: its findings, and which lesion each of them is. */
export interface TwoViews {
  readonly cc: readonly { readonly finding: PlacedFinding; readonly lesion: number }[];
  readonly mlo: readonly { readonly finding: PlacedFinding; readonly lesion: number }[];
}

/** How wrong detectors and landmarks are; deviations of normal noise in mm along each axis. */
export interface Noise {
  readonly positionMm: number;
  readonly nippleMm: number;
  /** Findings know their kind and score beside their place and size. */
  readonly looks: boolean;
}

/** Share of the lesions that only one of the views shows, of kinds that are told wrong, deviations of the size's logarithm and of the score's logit. */
const [seenOnce, wrongKind, sizeNoise, scoreNoise] = [0.15, 0.15, 0.2, 1];

/** Half a millimeter a pixel is fine enough for boxes, and nine times as fast. */
const { aldebaran } = devices;
const device = {
  ...aldebaran,
  rows: Math.round(aldebaran.rows / 3),
  columns: Math.round(aldebaran.columns / 3),
  mmPerPixel: 3 * aldebaran.mmPerPixel,
};

/** A phantom breast with its lesions as they lie in both views. */
export interface PhantomBreast {
  readonly key: readonly [seed: number, woman: number];
  readonly lesions: number;
  /** CC and MLO; `lesion` counts the breast's lesions from 0. */
  readonly views: readonly { readonly nipple: Point; readonly seen: readonly { readonly truth: LesionTruth; readonly lesion: number }[] }[];
}

/**
 * Breasts of the phantom with 1 to 4 lesions anywhere in them, compressed and projected by the phantom itself (`viewTruth`). The phantom compresses without turning depth into
 * height, so its chest wall, not its muscle's border, stands for the line that depth is measured to.
 */
export function phantomBreasts({ seed, count }: { readonly seed: number; readonly count: number }): PhantomBreast[] {
  return Array.from({ length: count }, (_, woman) => {
    const random = keyedRandom(seed, woman, "pairing");
    const lesions = Array.from({ length: 1 + (woman % 4) }, (_, i) => {
      const kind = random.pick(lesionKinds);
      const behind = random.between(12, 62);
      // The breast widens behind the nipple.
      const reach = 8 + 0.45 * behind;
      const center = [behind, random.between(-reach, reach), random.between(-reach, reach)] as const;
      return growLesion({ kind, malignant: random.chance(0.3), center, growth: 1, conspicuity: 1, seed: [seed, woman, i] });
    });
    const views = (["CC", "MLO"] as const).map((view, image) => {
      const truth = viewTruth({ seed, woman, exam: 1, image: image + 1, laterality: "L", view, device, lesions });
      const seen = truth.lesions.map((lesion) => ({ truth: lesion, lesion: lesions.findIndex(({ center }) => center === lesion.position) }));
      return { nipple: truth.nipple, seen };
    });
    return { key: [seed, woman], lesions: lesions.length, views };
  });
}

/** What a detector and a landmark finder that err so much make of a breast. The same errors, larger or smaller, for the same breast. */
export function findingsOf({ key, lesions, views }: PhantomBreast, noise: Noise): TwoViews {
  const random = keyedRandom(...key, "noise");
  const logits = Array.from({ length: lesions }, () => 1.5 * random.normal());
  const hidden = logits.map(() => (random.chance(seenOnce) ? random.below(2) : -1));
  const [cc, mlo] = views.map(({ nipple, seen }, v) => {
    const landmarks = landmarksOf(v === 0 ? "CC" : "MLO", nipple, noise, random);
    return seen.flatMap(({ truth, lesion }) => {
      const finding = findingOf(truth, landmarks, logits[lesion]!, noise, random);
      return hidden[lesion] === v ? [] : [{ finding, lesion }];
    });
  });
  return { cc: cc!, mlo: mlo! };
}

function landmarksOf(view: "CC" | "MLO", nipple: Point, { nippleMm }: Noise, random: Random): Landmarks {
  const pixels = nippleMm / device.mmPerPixel;
  return {
    laterality: "L",
    view,
    mmPerPixel: device.mmPerPixel,
    nipple: [nipple[0] + pixels * random.normal(), nipple[1] + pixels * random.normal()],
    nippleConfidence: 1,
    pectoral: {
      line: [
        [0, 0],
        [device.rows, 0],
      ],
      confidence: 1,
    },
  };
}

function findingOf(seen: LesionTruth, landmarks: Landmarks, logit: number, noise: Noise, random: Random): PlacedFinding {
  const pixels = noise.positionMm / device.mmPerPixel;
  const [down, right] = [pixels * random.normal(), pixels * random.normal()];
  const grow = Math.exp(sizeNoise * random.normal());
  const { top, left, bottom, right: end } = seen.box;
  const [tall, wide] = [((bottom - top) / 2) * grow, ((end - left) / 2) * grow];
  const [row, column] = [(top + bottom) / 2 + down, (left + end) / 2 + right];
  const box: Box = { top: row - tall, left: column - wide, bottom: row + tall, right: column + wide };
  const told = random.chance(wrongKind) ? random.pick(lesionKinds) : seen.kind;
  const score = 1 / (1 + Math.exp(-(logit + scoreNoise * random.normal())));
  return { place: placeInBreast(box, landmarks), probability: noise.looks ? score : 0.5, ...(noise.looks ? { kind: told } : {}) };
}
