import { parseCalibrator, parsePairModel, parseScale } from "@mammo/ensemble";
import { escapeTerminal } from "@mammo/files";
import { standardizationVersion } from "@mammo/io";
import { PipelineError } from "../pipelineError.ts";
import type { Provenance } from "../run/provenance.ts";
import { type BundleFile, type BundleMember, bundleFileName } from "./bundleFile.ts";
import { families, familyOf } from "./families.ts";

/** More members than any ensemble; each is loaded. */
const mostMembers = 1000;

/**
 * The parsed JSON of bundle.json -> its fields, each checked, all others left out.
 *
 * @throws PipelineError `no-weights`, which names the field; `other-standardization` for weights trained on other standard images than this version makes. No text repeats what came.
 */
export function parseBundle(json: unknown): BundleFile {
  const file = record(json);
  const { members, trainedOn, warning, pairModel } = file;
  if (file["schema"] !== "mammo-bundle-1" || !Array.isArray(members) || members.length === 0 || members.length > mostMembers)
    throw refusal(`of the form mammo-bundle-1 with 1 to ${mostMembers} members`);
  const parsed = members.map(parseMember);
  if (new Set(parsed.map(({ name }) => name)).size < parsed.length) throw refusal("with each member's name once");
  checkFamilies(parsed);
  const calibrator = usable("the calibrator", () => parseCalibrator(file["calibrator"]));
  const scale = usable("the scale", () => parseScale(file["scale"]));
  const standardization = text(file["standardization"], "standardization");
  if (standardization !== standardizationVersion)
    throw new PipelineError(
      "other-standardization",
      `Expected weights trained on ${standardizationVersion}, got ${/^[\w-]{1,40}$/.test(standardization) ? standardization : "others"}`,
    );
  return {
    schema: "mammo-bundle-1",
    members: parsed,
    calibrator,
    scale,
    ...(pairModel === undefined ? {} : { pairModel: usable("the pairModel", () => parsePairModel(pairModel)) }),
    ...(warning === undefined ? {} : { warning: text(warning, "warning") }),
    trainedOn: text(trainedOn, "trainedOn"),
    standardization,
    provenance: parseProvenance(file["provenance"]),
  };
}

function parseMember(value: unknown, index: number): BundleMember {
  const { name, family, options, seed, fold, weightsSha256, calibrator } = record(value);
  const place = `member ${index + 1}`;
  if (typeof family !== "string" || !Object.hasOwn(families, family)) throw refusal(`with ${place} of a family ${Object.keys(families).join(", ")}`);
  if (typeof name !== "string" || !/^\w[\w.-]{0,199}$/.test(name) || typeof weightsSha256 !== "string" || !/^[\da-f]{64}$/.test(weightsSha256))
    throw refusal(`with a plain name and the SHA-256 of the weights of ${place}`);
  if (!Number.isSafeInteger(seed) || (fold !== undefined && !Number.isSafeInteger(fold)))
    throw refusal(`with whole numbers as seed and fold of ${place}`);
  const known = family as keyof typeof families;
  return {
    name,
    family: known,
    options: usable(`the options of ${place}`, () => familyOf(known).parseOptions(record(options))),
    seed: seed as number,
    ...(fold === undefined ? {} : { fold: fold as number }),
    weightsSha256,
    ...(calibrator === undefined ? {} : { calibrator: usable(`the calibrator of ${place}`, () => parseCalibrator(calibrator)) }),
  };
}

/** Some net must see whole views, whose heatmap explains their scores, and whoever looks at proposals needs someone who makes them. */
function checkFamilies(members: readonly BundleMember[]): void {
  if (!members.some(({ family }) => family === "dreamNet" || family === "dreamNetSymmetry"))
    throw refusal("with a member of family dreamNet or dreamNetSymmetry, whose heatmap explains a view's score");
  for (const { name, family, seed, fold } of members)
    if (familyOf(family).needsProposals && !members.some((one) => one.family === "retinaNet" && one.seed === seed && one.fold === fold))
      throw refusal(`with a member of family retinaNet of the seed and fold of ${name}, which looks at what that one finds`);
}

function parseProvenance(value: unknown): Provenance {
  const { versions, node, backend, seed, inputs } = record(value);
  if (!Number.isSafeInteger(seed)) throw refusal("with a whole number as seed of its provenance");
  return {
    versions: texts(versions, "versions"),
    node: text(node, "node"),
    backend: text(backend, "backend"),
    seed: seed as number,
    inputs: texts(inputs, "inputs"),
  };
}

/** A line of words, as pages and reports repeat them: nothing in it steers a terminal or turns the direction of writing. */
function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value.length > 200 || escapeTerminal(value) !== value)
    throw refusal(`with ${name} of at most 200 letters, marks of control among none`);
  return value;
}

function texts(value: unknown, name: string): Readonly<Record<string, string>> {
  const entries = isRecord(value) ? Object.entries(value) : undefined;
  if (!entries || entries.length > 1000) throw refusal(`with at most 1000 ${name} by name`);
  return Object.fromEntries(entries.map(([key, one]) => [text(key, name), text(one, name)]));
}

/** Its own properties; none for what is no object. */
const record = (value: unknown): Readonly<Record<string, unknown>> => Object.assign(Object.create(null), isRecord(value) ? value : {});

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const refusal = (what: string): PipelineError => new PipelineError("no-weights", `Expected ${bundleFileName} ${what}`);

/** A part of the file, or what is wrong with it: a calibrator that falls would turn the risk around. */
function usable<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new PipelineError("no-weights", `Expected ${what} in ${bundleFileName} to be usable: ${(cause as Error).message}`, { cause });
  }
}
