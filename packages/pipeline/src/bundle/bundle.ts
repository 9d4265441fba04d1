import { type Calibrator, parseCalibrator, parseScale, type ScoreScale } from "@mammo/ensemble";
import { standardizationVersion } from "@mammo/io";
import { PipelineError } from "../pipelineError.ts";
import type { Provenance } from "../run/provenance.ts";
import { type FamilyName, type FamilyOptions, families } from "./families.ts";

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
  readonly scale: ScoreScale;
  /** Why its scores tell no exam from another: such a bundle is not scored with. Absent where they do. */
  readonly warning?: string;
  /** Name of the cohort. */
  readonly trainedOn: string;
  /** Version of the standardized images that the members were trained on. */
  readonly standardization: string;
  readonly provenance: Provenance;
}

/** A bundle whose weights are read when a member is asked for. */
export interface Bundle extends BundleFile {
  /** The bytes of a file beside bundle.json. */
  readonly readFile: (name: string) => Promise<Uint8Array>;
}

/** Name of the file that describes a bundle. */
export const bundleFileName = "bundle.json";

/** Name of the file of a member's weights. */
export const weightsFileName = ({ name }: Pick<BundleMember, "name">): string => `${name}.safetensors`;

/**
 * The parsed bundle.json and a way to read the files beside it -> the bundle; no weights are read yet. In Node `loadBundle` does both.
 *
 * @throws PipelineError `no-weights` for anything but a bundle of this form, `other-standardization` for one trained on other standard images than this version makes.
 * @example const bundle = openBundle(JSON.parse(await file.text()), readFile);
 */
export function openBundle(json: unknown, readFile: Bundle["readFile"]): Bundle {
  const file = json as BundleFile;
  if (file?.schema !== "mammo-bundle-1" || !Array.isArray(file.members) || file.members.length === 0)
    throw new PipelineError("no-weights", `Expected ${bundleFileName} of the form mammo-bundle-1 with at least one member`);
  const members = file.members.map(parseMember);
  if (new Set(members.map(({ name }) => name)).size < members.length) throw new PipelineError("no-weights", "Expected each member's name once");
  const calibrator = parsed("the calibrator", () => parseCalibrator(file.calibrator));
  const scale = parsed("the scale", () => parseScale(file.scale));
  if (file.standardization !== standardizationVersion)
    throw new PipelineError("other-standardization", `Expected weights trained on ${standardizationVersion}, got ${file.standardization}`);
  return { ...file, members, calibrator, scale, readFile };
}

function parseMember(value: unknown, index: number): BundleMember {
  const member = (typeof value === "object" && value !== null ? value : {}) as BundleMember;
  const { name, family, weightsSha256, calibrator } = member;
  if (!Object.hasOwn(families, family))
    throw new PipelineError("no-weights", `Expected member ${index + 1} to be of a family ${Object.keys(families).join(", ")}`);
  if (typeof name !== "string" || !/^\w[\w.-]*$/.test(name) || typeof weightsSha256 !== "string" || !/^[\da-f]{64}$/.test(weightsSha256))
    throw new PipelineError("no-weights", `Expected a plain name and the SHA-256 of the weights of member ${index + 1}`);
  if (calibrator === undefined) return member;
  return { ...member, calibrator: parsed(`the calibrator of member ${index + 1}`, () => parseCalibrator(calibrator)) };
}

/** A part of the file, or what is wrong with it: a calibrator that falls would turn the risk around. */
function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new PipelineError("no-weights", `Expected ${what} in ${bundleFileName} to be usable: ${(cause as Error).message}`, { cause });
  }
}
