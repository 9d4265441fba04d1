import { parseCalibrator, parseFindingCalibrator, parsePairModel, parseRankReference, parseScale } from "@mammo/ensemble";
import { escapeTerminal } from "@mammo/files";
import { standardizationVersion } from "@mammo/io";
import { PipelineError } from "../pipelineError.ts";
import type { Provenance } from "../run/provenance.ts";
import { type BundleDetector, type BundleFile, type BundleMember, bundleFileName } from "./bundleFile.ts";
import { detectorFamilies, families } from "./families.ts";

/** More members than any ensemble; each is loaded. */
const mostMembers = 1000;

/**
 * The parsed JSON of bundle.json -> its fields, each checked, all others left out.
 *
 * @throws PipelineError `no-weights`, which names the field; `other-standardization` for weights trained on other standard images than this version makes. No text repeats what came.
 */
export function parseBundle(json: unknown): BundleFile {
  const file = record(json);
  const { members, detectors = [], trainedOn, warning, pairModel, findingCalibrator, reference } = file;
  if (file["schema"] !== "mammo-bundle-1" || !Array.isArray(members) || members.length === 0 || members.length > mostMembers)
    throw refusal(`of the form mammo-bundle-1 with 1 to ${mostMembers} members`);
  if (!Array.isArray(detectors) || detectors.length > mostMembers) throw refusal(`with at most ${mostMembers} detectors`);
  const parsed = members.map(parseMember);
  const found = detectors.map(parseDetector);
  const names = [...parsed, ...found].map(({ name }) => name);
  if (new Set(names).size < names.length) throw refusal("with each member's name once");
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
    ...(findingCalibrator === undefined
      ? {}
      : { findingCalibrator: usable("the findingCalibrator", () => parseFindingCalibrator(findingCalibrator)) }),
    ...(found.length === 0 ? {} : { detectors: found }),
    scale,
    ...(reference === undefined ? {} : { reference: usable("the reference", () => parseRankReference(reference)) }),
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
  if (!isName(family, families)) throw refusal(`with ${place} of a family ${Object.keys(families).join(", ")}`);
  if (fold !== undefined && !Number.isSafeInteger(fold)) throw refusal(`with a whole number as fold of ${place}`);
  return {
    ...parseTrained({ name, seed, weightsSha256 }, place),
    family,
    options: usable(`the options of ${place}`, () => families[family].parseOptions(record(options))),
    ...(fold === undefined ? {} : { fold: fold as number }),
    ...(calibrator === undefined ? {} : { calibrator: usable(`the calibrator of ${place}`, () => parseCalibrator(calibrator)) }),
  };
}

function parseDetector(value: unknown, index: number): BundleDetector {
  const { family, options, ...trained } = record(value);
  const place = `detector ${index + 1}`;
  if (!isName(family, detectorFamilies)) throw refusal(`with ${place} of a family ${Object.keys(detectorFamilies).join(", ")}`);
  return {
    ...parseTrained(trained, place),
    family,
    options: usable(`the options of ${place}`, () => detectorFamilies[family].parseOptions(record(options))),
  };
}

const isName = <F extends object>(name: unknown, known: F): name is keyof F => typeof name === "string" && Object.hasOwn(known, name);

function parseTrained(
  { name, seed, weightsSha256 }: Readonly<Record<string, unknown>>,
  place: string,
): Pick<BundleMember, "name" | "seed" | "weightsSha256"> {
  if (typeof name !== "string" || !/^\w[\w.-]{0,199}$/.test(name) || typeof weightsSha256 !== "string" || !/^[\da-f]{64}$/.test(weightsSha256))
    throw refusal(`with a plain name and the SHA-256 of the weights of ${place}`);
  if (!Number.isSafeInteger(seed)) throw refusal(`with a whole number as seed of ${place}`);
  return { name, seed: seed as number, weightsSha256 };
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
