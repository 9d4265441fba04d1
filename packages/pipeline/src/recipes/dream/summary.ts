import type { PlattCalibrator } from "@mammo/ensemble";
import type { CalibrationMetrics } from "../../predict/evaluateCalibration.ts";
import type { Interval, TestMetrics } from "../../predict/evaluateTestSet.ts";
import type { Provenance } from "../../run/provenance.ts";
import type { MemberMetrics } from "./compareMembers.ts";
import type { PairedCancers } from "./pairCancers.ts";
import type { StageSummary } from "./trainDream.ts";
import type { StageName, TrainingConfig } from "./trainingConfig.ts";

/** What a run is and how its stages went: summary.json of a run that ends after S1. */
export interface RunSummary {
  readonly cohort: {
    readonly name: string;
    readonly sha256: string;
    readonly women: number;
    readonly images: number;
    readonly standardization: string;
  };
  readonly config: TrainingConfig;
  readonly width: number;
  readonly stages: readonly StageSummary[];
  /** The stage that is handed on: the best on validation women; absent where only S1 ran. */
  readonly chosen?: StageName;
  /** In words, each stage that ended below one before it. */
  readonly defects: readonly string[];
  /** In words, each family that the cohort cannot teach. */
  readonly leftOut: readonly string[];
  /** How the training of each instance went, where there are several; the first is told above too. */
  readonly instances?: readonly (Pick<RunSummary, "stages" | "chosen" | "defects" | "leftOut"> & { readonly seed: number; readonly fold?: number })[];
  readonly provenance: Provenance;
}

/** summary.json. */
export interface Summary extends RunSummary {
  readonly calibrator: PlattCalibrator;
  /** Why the bundle's scores tell no exam from another; absent where they do. */
  readonly warning?: string;
  readonly test: TestMetrics;
  readonly calibration: CalibrationMetrics;
  /** Each member by itself; absent where there is one. */
  readonly members?: readonly MemberMetrics[];
  readonly memberTable?: readonly (readonly string[])[];
  /** Cancers of the test women in both views; absent where none is marked, and of a bundle whose scores tell nothing. */
  readonly pairs?: PairedCancers;
  readonly seconds: number;
  /** The same as text cells, heads first. */
  readonly table: readonly (readonly string[])[];
  readonly testTable: readonly (readonly string[])[];
  readonly calibrationTable: readonly (readonly string[])[];
}

/** Blank where there is no number: JSON turns NaN into null. */
const places = (value: number | null | undefined, digits = 3) => (typeof value === "number" && !Number.isNaN(value) ? value.toFixed(digits) : "");

/** The stages as rows of texts, heads first. */
export function stageTable(stages: readonly StageSummary[]): string[][] {
  const head = ["stage", "steps", "seconds", "first loss", "last loss", "patches right", "AUROC", "pAUROC raw [0.8, 1]", "spec. at sens. 0.8"];
  const rows = stages.map(({ stage, steps, seconds, losses, patchAccuracy, validation }) => [
    stage,
    String(steps),
    places(seconds, 0),
    places(losses[0]?.[1]),
    places(losses.at(-1)?.[1]),
    places(patchAccuracy, 2),
    places(validation?.auroc),
    places(validation?.partialAuroc, 4),
    places(validation?.specificityAtSensitivity80),
  ]);
  return [head, ...rows];
}

const row = (name: string, { estimate, low, high }: Interval, digits = 3) => [
  name,
  places(estimate, digits),
  `[${places(low, digits)}, ${places(high, digits)}]`,
];

/** The test metrics as rows of texts, heads first. */
export function metricsTable(test: TestMetrics): string[][] {
  return [
    [`test: ${test.women} women, ${test.breasts} breasts, ${test.cancers} cancers`, "estimate", "95 % interval by woman"],
    row("AUROC", test.auroc),
    row("pAUROC over sensitivity [0.8, 1], raw (at most 0.2, chance 0.02)", test.partialAurocRaw, 4),
    row("pAUROC over sensitivity [0.8, 1], McClish (chance 0.5)", test.partialAurocMcClish),
    row("specificity at sensitivity 0.8", test.specificityAtSensitivity80),
  ];
}

/** What the calibrated probabilities of the test are worth, as rows of texts, heads first. */
export function calibrationTable({ expectedCalibrationError, slope, screening }: CalibrationMetrics): string[][] {
  const { prevalence, expectedPerThousand, observedPerThousand } = screening;
  return [
    ["calibrated probabilities of the test", "estimate", "95 % interval"],
    row("expected calibration error, 15 bins of equal mass (interval by woman)", expectedCalibrationError),
    row(`calibration slope (standard error ${places(slope.standardError) || "does not exist"})`, slope),
    row(
      `cancers expected of 1000 breasts at a prevalence of ${(100 * prevalence).toPrecision(2)} %, where ${observedPerThousand} are (interval by woman)`,
      expectedPerThousand,
      2,
    ),
  ];
}

/** Each member beside all of them together, as rows of texts, heads first. */
export function memberRows(members: readonly MemberMetrics[]): string[][] {
  const cell = ({ estimate, low, high }: Interval, digits = 3) => `${places(estimate, digits)} [${places(low, digits)}, ${places(high, digits)}]`;
  return [
    ["family", "members", "AUROC, validation", "AUROC, test", "pAUROC raw [0.8, 1], test", "all together over it, paired"],
    ...members.map(({ name, members: count, validationAuroc, auroc, partialAurocRaw, togetherOver }) => [
      name,
      String(count),
      places(validationAuroc),
      cell(auroc),
      cell(partialAurocRaw, 4),
      cell(togetherOver),
    ]),
  ];
}

/** What became of cancers in two views, in words. */
export const describePairs = ({ cancers, foundInBoth, paired }: PairedCancers): string =>
  `of ${cancers} cancers marked in CC and MLO ${foundInBoth} are found in both views, and ${paired} shown as one lesion`;
