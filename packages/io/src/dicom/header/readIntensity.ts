import { DicomError } from "../dicomError.ts";
import type { Modality } from "../intensity/modality.ts";
import type { Voi } from "../intensity/voi.ts";
import type { DataSet } from "../parse/dataSet.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { code, decimal, decimals, isPresent, items, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { frameDataSets } from "./functionalGroups.ts";
import type { Reading } from "./reading.ts";
import { readLut } from "./readLut.ts";
import { safeName } from "./safeName.ts";

/** A VOI of a file, with what the file calls it (see `safeName`). */
export type NamedVoi = Voi & { readonly explanation?: string };

/** What a reader of a frame's intensity looks at. */
interface Frame {
  readonly pixel: ImagePixel;
  readonly frame: number;
  readonly reading: Reading;
}

/**
 * The Modality LUT sequence, else Rescale Slope and Intercept (of the frame, in multi-frame files), else the identity.
 *
 * @throws DicomError `invalid-attribute` for what is there and cannot be used: without it stored values mean something else.
 */
export function readModality(dataSet: DataSet, { pixel, frame, reading }: Frame): Modality {
  const invalid = (tag: number, expected: string, from = dataSet): never => {
    throw new DicomError("invalid-attribute", `Expected ${expected}`, { offset: from.elements.get(tag)?.offset ?? from.start });
  };
  if (isPresent(dataSet, tags.ModalityLUTSequence)) {
    const [table] = items(dataSet, tags.ModalityLUTSequence);
    const lut = table && readLut(table, { signed: pixel.isSigned, role: "modality" });
    if (lut === undefined) return invalid(tags.ModalityLUTSequence, "the Modality LUT's data to fit its descriptor");
    if (!lut.isExact) reading.unreadable.add("ModalityLUTSequence");
    return { kind: "lut", firstMapped: lut.firstMapped, bits: lut.bits, data: lut.data };
  }
  const stated = [tags.RescaleSlope, tags.RescaleIntercept];
  const from =
    frameDataSets(dataSet, frame, tags.PixelValueTransformationSequence).find((one) => stated.some((tag) => isPresent(one, tag))) ?? dataSet;
  const slope = decimal(from, tags.RescaleSlope, "Rescale Slope (0028,1053)") ?? 1;
  const intercept = decimal(from, tags.RescaleIntercept, "Rescale Intercept (0028,1052)") ?? 0;
  if (slope === 0) return invalid(tags.RescaleSlope, "Rescale Slope (0028,1053) not to be 0", from);
  for (const tag of stated)
    if (texts(from, tag)[0]?.includes(",")) reading.nonstandard.add(tag === tags.RescaleSlope ? "RescaleSlope" : "RescaleIntercept");
  return { kind: "rescale", slope, intercept };
}

/** All VOIs of a frame in the file's order: tables first, as pydicom prefers them, then windows. */
export function readVois(dataSet: DataSet, modality: Modality, { pixel, frame, reading }: Frame): readonly NamedVoi[] {
  // The input of a VOI table is signed when the values behind the modality transformation can be negative (PS3.3 C.11.2.1.1).
  const signedInput = modality.kind === "rescale" && (pixel.isSigned || modality.intercept < 0);
  for (const from of frameDataSets(dataSet, frame, tags.FrameVOILUTSequence)) {
    const found = [...tablesOf(from, signedInput, reading), ...windowsOf(from, reading)];
    if (found.length > 0) return found;
  }
  return [];
}

function tablesOf(from: DataSet, signedInput: boolean, reading: Reading): readonly NamedVoi[] {
  const found = items(from, tags.VOILUTSequence);
  if (found.length === 0 && isPresent(from, tags.VOILUTSequence)) reading.unreadable.add("VOILUTSequence");
  return found.flatMap((item): NamedVoi[] => {
    const lut = readLut(item, { signed: signedInput, role: "voi" });
    if (!lut?.isExact) reading.unreadable.add("VOILUTSequence");
    if (lut === undefined) return [];
    return [{ kind: "lut", firstMapped: lut.firstMapped, bits: lut.bits, data: lut.data, ...named(texts(item, tags.LUTExplanation)[0]) }];
  });
}

function windowsOf(from: DataSet, reading: Reading): readonly NamedVoi[] {
  const shape = code(from, tags.VOILUTFunction);
  const voiFunction = shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shape : "LINEAR";
  if (shape !== voiFunction && isPresent(from, tags.VOILUTFunction)) reading.unreadable.add("VOILUTFunction");
  const [centers, widths] = [windowNumbers(from, tags.WindowCenter), windowNumbers(from, tags.WindowWidth)];
  const explanations = texts(from, tags.WindowCenterWidthExplanation);
  const found = Array.from({ length: Math.max(centers.length, widths.length) }, (_, index): NamedVoi[] => {
    const [center = Number.NaN, width = Number.NaN] = [centers[index], widths[index]];
    const isWindow = Number.isFinite(center) && (voiFunction === "LINEAR" ? width >= 1 : width > 0);
    // A window that is not the first is asked for by its number or name, and is then absent.
    if (!isWindow && index === 0) reading.unreadable.add("WindowCenter");
    return isWindow ? [{ kind: "window", center, width, function: voiFunction, ...named(explanations[index]) }] : [];
  });
  return found.flat();
}

/** With a comma and three digits behind it, it may be thousands or thousandths: a window has both. */
function windowNumbers(from: DataSet, tag: number): readonly number[] {
  const written = texts(from, tag);
  return decimals(from, tag).map((value, index) => (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(written[index]!) ? Number.NaN : value));
}

function named(text: string | undefined): { readonly explanation?: string } {
  const explanation = safeName(text || undefined);
  return explanation === undefined ? {} : { explanation };
}
