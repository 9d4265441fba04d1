import type { Calibrator, FindingCalibrator, PairModel, RankReference, ScoreScale } from "@mammo/ensemble";
import type { Provenance } from "../run/provenance.ts";
import type { FamilyName, FamilyOptions } from "./families.ts";

/** Name of the file that describes a bundle. */
export const bundleFileName = "bundle.json";

/** One trained model of a bundle, without its weights. */
export interface BundleMember {
  /** Of letters, digits, dots, dashes and underscores; its weights lie in NAME.safetensors beside bundle.json. */
  readonly name: string;
  readonly family: FamilyName;
  readonly options: FamilyOptions;
  readonly seed: number;
  /** Which part of the cohort it did not train on, where members were trained on different parts. */
  readonly fold?: number;
  /** SHA-256 of the file of weights, in hexadecimal. */
  readonly weightsSha256: string;
  /** The member's own logit -> probability, fitted before pooling; absent where logits are pooled as they are. */
  readonly calibrator?: Calibrator;
}

/** bundle.json: all that scoring needs, but for the weights. */
export interface BundleFile {
  readonly schema: "mammo-bundle-1";
  readonly members: readonly BundleMember[];
  /** Mean logit of the members -> probability of cancer at the prevalence of the reference set. */
  readonly calibrator: Calibrator;
  /** How far findings lie below the highest of their breast; absent where their distances are taken as they are. */
  readonly findingCalibrator?: FindingCalibrator;
  readonly scale: ScoreScale;
  /** What the scores of other devices are aligned to, as `referenceOf` makes it; absent where none was kept. */
  readonly reference?: RankReference;
  /** By what CC and MLO findings are paired; absent where `startingPairModel` of @mammo/ensemble, which is fitted to nothing, has to do. */
  readonly pairModel?: PairModel;
  /** Why its scores tell no exam from another: such a bundle is not scored with. Absent where they do. */
  readonly warning?: string;
  /** Name of the cohort. */
  readonly trainedOn: string;
  /** Version of the standardized images that the members were trained on. */
  readonly standardization: string;
  readonly provenance: Provenance;
}
