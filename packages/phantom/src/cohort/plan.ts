import { keyedRandom, type Laterality, type LesionKind, type Random, requireKnownKeys } from "@mammo/mammogram";
import { growBreast } from "../breast.ts";
import { type Device, defaultDeviceMix, devices } from "../device.ts";
import { growLesion, type Lesion } from "../lesion.ts";
import type { ViewSpec } from "../render/renderView.ts";
import type { PhantomView } from "../view.ts";
import { placeLesion } from "./placeLesion.ts";

/** What a cohort is made of. */
export interface CohortOptions {
  readonly seed: number;
  readonly women: number;
  /** Share of women with a malignant lesion in one breast: enriched, as screening has 0.5 %. */
  readonly cancerShare: number;
  /** Share of the other breasts with a benign lesion. */
  readonly benignShare: number;
  /** Kinds of lesions, by weight. */
  readonly kinds: Readonly<Record<LesionKind, number>>;
  /** Contrast of lesions relative to the default of 1: lower is harder. */
  readonly conspicuity: number;
  /** Share of women with a prior exam, in which a lesion is smaller or absent. */
  readonly priorShare: number;
  /** Share of exams that lack one view, share that have one more, and share in which one breast was not imaged at all. */
  readonly missingViewShare: number;
  readonly extraViewShare: number;
  readonly oneBreastShare: number;
  /** Share of the breasts with a malignant lesion, and of the others, that carry a ring of lead on the skin: a shortcut where the two differ. */
  readonly skinMarkers: { readonly malignant: number; readonly others: number };
  /** Devices to draw from, and their weights. */
  readonly devices: Readonly<Record<string, Device>>;
  readonly deviceMix: Readonly<Record<string, number>>;
}

/** The cohort of the main program: about 900 images of 220 women. */
export const cohortDefaults = {
  seed: 1,
  women: 220,
  cancerShare: 0.28,
  benignShare: 0.25,
  kinds: { mass: 45, calcification: 35, distortion: 10, asymmetry: 10 },
  conspicuity: 1,
  priorShare: 0.04,
  missingViewShare: 0.04,
  extraViewShare: 0.06,
  oneBreastShare: 0.015,
  skinMarkers: { malignant: 0, others: 0 },
  devices,
  deviceMix: defaultDeviceMix,
} as const satisfies CohortOptions;

/** One exam: its images and what the challenge's tables say of it. Plain data. */
export interface ExamSpec {
  readonly seed: number;
  /** From 1. */
  readonly woman: number;
  /** From 1, in order of time. */
  readonly exam: number;
  readonly daysSincePreviousExam: number;
  readonly age: number;
  /** 1: a malignant lesion is there; 0: none; undefined: the breast was not imaged. */
  readonly cancer: Readonly<Record<Laterality, 0 | 1 | undefined>>;
  /** 1: the cancer is invasive. */
  readonly invasive: Readonly<Record<Laterality, 0 | 1 | undefined>>;
  readonly bmi: number;
  readonly firstDegreeWithBc: 0 | 1;
  readonly images: readonly ViewSpec[];
}

/**
 * Draws a cohort: which women, lesions, devices and views; nothing is rendered yet.
 *
 * Cancer is drawn apart from size, density, device, views and age, so that none of these tells it.
 *
 * @throws RangeError if there is no woman to draw, or a share lies outside [0, 1]
 * @example const exams = planCohort({ seed: 7, women: 20 });
 */
export function planCohort(options: Partial<CohortOptions> = {}): ExamSpec[] {
  requireKnownKeys("planCohort", options, {
    seed: true,
    women: true,
    cancerShare: true,
    benignShare: true,
    kinds: true,
    conspicuity: true,
    priorShare: true,
    missingViewShare: true,
    extraViewShare: true,
    oneBreastShare: true,
    skinMarkers: true,
    devices: true,
    deviceMix: true,
  });
  const all: CohortOptions = { ...cohortDefaults, ...options };
  if (!(Number.isInteger(all.women) && all.women >= 1)) throw new RangeError(`Expected at least 1 woman, got ${all.women}`);
  for (const name of ["cancerShare", "benignShare", "priorShare", "missingViewShare", "extraViewShare", "oneBreastShare"] as const)
    if (!(all[name] >= 0 && all[name] <= 1)) throw new RangeError(`Expected ${name} in [0, 1], got ${all[name]}`);
  for (const [name, share] of Object.entries(all.skinMarkers))
    if (!(share >= 0 && share <= 1)) throw new RangeError(`Expected skinMarkers.${name} in [0, 1], got ${share}`);
  return Array.from({ length: all.women }, (_, i) => planWoman(i + 1, all)).flat();
}

function planWoman(woman: number, options: CohortOptions): ExamSpec[] {
  const { seed } = options;
  const random = keyedRandom(seed, woman, "plan");
  const cancerSide = hasCancer(woman, options) ? (random.chance(0.5) ? "L" : "R") : undefined;
  const deviceName = random.weighted(options.deviceMix);
  const device = options.devices[deviceName];
  if (!device) throw new RangeError(`Expected a device of the mix among ${Object.keys(options.devices).join(", ")}, got ${deviceName}`);
  const findings = (["L", "R"] as const).flatMap((laterality) => {
    const malignant = laterality === cancerSide;
    const benign = keyedRandom(seed, woman, laterality, "benign").chance(options.benignShare);
    return malignant || benign ? [{ laterality, malignant, kind: keyedRandom(seed, woman, laterality, "kind").weighted(options.kinds) }] : [];
  });
  const exams = random.chance(options.priorShare) ? 2 : 1;
  const ageAtFirst = random.whole(45, 73);
  const bmi = random.whole(190, 360) / 10;
  const firstDegreeWithBc = random.chance(0.15) ? 1 : 0;
  const interval = random.whole(365, 800);
  const missingBreast = random.chance(options.oneBreastShare) ? (random.chance(0.5) ? "L" : "R") : undefined;
  return Array.from({ length: exams }, (_, k): ExamSpec => {
    const exam = k + 1;
    const last = exam === exams;
    const lesions = { L: [] as Lesion[], R: [] as Lesion[] };
    for (const { laterality, malignant, kind } of findings) {
      // A year or two before, a quarter to a half of the lesions cannot be seen at all.
      const before = keyedRandom(seed, woman, laterality, "before");
      const growth = last ? 1 : before.chance(0.4) ? 0 : before.between(0.4, 0.7);
      if (growth === 0) continue;
      const path = [seed, woman, laterality];
      const center = placeLesion(growBreast({ seed, woman, laterality }), keyedRandom(...path, "place"));
      lesions[laterality].push(growLesion({ kind, malignant, center, growth, conspicuity: options.conspicuity, seed: path }));
    }
    const views = drawViews(keyedRandom(seed, woman, exam, "views"), missingBreast, options);
    const images = views.map(
      ([laterality, view], i): ViewSpec => ({
        seed,
        woman,
        exam,
        image: i + 1,
        laterality,
        view,
        device,
        lesions: lesions[laterality],
        ...skinMarkerOf({ seed, woman, exam, laterality, lesions: lesions[laterality] }, options.skinMarkers),
      }),
    );
    const imaged = (laterality: Laterality) => views.some(([side]) => side === laterality);
    const malignantIn = (laterality: Laterality) => lesions[laterality].some(({ malignant }) => malignant);
    const state = (laterality: Laterality, is: boolean) => (imaged(laterality) ? (is ? 1 : 0) : undefined);
    const invades = (laterality: Laterality) =>
      malignantIn(laterality) && (lesions[laterality][0]!.kind !== "calcification" || keyedRandom(seed, woman, "invasive").chance(0.3));
    return {
      seed,
      woman,
      exam,
      daysSincePreviousExam: exam === 1 ? 0 : interval,
      age: ageAtFirst + (exam === 1 ? 0 : Math.round(interval / 365)),
      cancer: { L: state("L", malignantIn("L")), R: state("R", malignantIn("R")) },
      invasive: { L: state("L", invades("L")), R: state("R", invades("R")) },
      bmi,
      firstDegreeWithBc,
      images,
    };
  });
}

/** Whether a breast carries a marker, drawn apart from all else, and what it was taped over: its lesion, or a place like one. */
function skinMarkerOf(
  { seed, woman, exam, laterality, lesions }: Pick<ViewSpec, "seed" | "woman" | "exam" | "laterality" | "lesions">,
  { malignant, others }: CohortOptions["skinMarkers"],
): Pick<ViewSpec, "skinMarker"> {
  const random = keyedRandom(seed, woman, exam, laterality, "skin marker");
  if (!random.chance(lesions.some((lesion) => lesion.malignant) ? malignant : others)) return {};
  return { skinMarker: lesions[0]?.center ?? placeLesion(growBreast({ seed, woman, laterality }), random) };
}

/** Exactly the wanted share of women, spread evenly over the numbers: small cohorts too have both classes. */
function hasCancer(woman: number, { seed, cancerShare }: CohortOptions): boolean {
  const start = keyedRandom(seed, "cancer").between(0, 1);
  return Math.floor(woman * cancerShare + start) > Math.floor((woman - 1) * cancerShare + start);
}

function drawViews(
  random: Random,
  missingBreast: Laterality | undefined,
  { missingViewShare, extraViewShare }: CohortOptions,
): (readonly [Laterality, PhantomView])[] {
  const views: (readonly [Laterality, PhantomView])[] = [];
  for (const view of ["CC", "MLO"] as const) for (const side of ["R", "L"] as const) if (side !== missingBreast) views.push([side, view]);
  if (random.chance(missingViewShare)) views.splice(random.whole(0, views.length - 1), 1);
  if (random.chance(extraViewShare)) {
    const [side, view] = views[random.whole(0, views.length - 1)]!;
    views.push([side, random.weighted({ XCCL: 4, ML: 3, XCCM: 1, [view]: 3 } as Record<PhantomView, number>)]);
  }
  return views;
}
