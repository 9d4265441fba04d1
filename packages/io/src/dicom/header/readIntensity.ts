import { DicomError } from "../dicomError.ts";
import type { Lut } from "../intensity/lut.ts";
import type { Modality } from "../intensity/modality.ts";
import type { Voi } from "../intensity/voi.ts";
import type { DataSet } from "../parse/dataSet.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { code, decimals, items, shorts, texts } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { frameDataSets } from "./functionalGroups.ts";
import { safeName } from "./safeName.ts";

/** A VOI of a file, with what the file calls it (see `safeName`). */
export type NamedVoi = Voi & { readonly explanation?: string };

/**
 * The Modality LUT sequence, else Rescale Slope and Intercept (of the frame, in multi-frame files), else the identity.
 *
 * @throws DicomError `invalid-attribute`.
 */
export function readModality(dataSet: DataSet, pixel: ImagePixel, frame: number): Modality {
  const [table] = items(dataSet, tags.ModalityLUTSequence);
  const lut = table && readLut(table, pixel.isSigned);
  if (lut) return { kind: "lut", ...lut };
  const from =
    frameDataSets(dataSet, frame, tags.PixelValueTransformationSequence).find((one) => decimals(one, tags.RescaleSlope).length > 0) ?? dataSet;
  const slope = decimals(from, tags.RescaleSlope)[0] ?? 1;
  const intercept = decimals(from, tags.RescaleIntercept)[0] ?? 0;
  if (slope === 0)
    throw new DicomError("invalid-attribute", "Expected Rescale Slope (0028,1053) not to be 0", {
      offset: from.elements.get(tags.RescaleSlope)?.offset,
    });
  return { kind: "rescale", slope, intercept };
}

/** All VOIs of a frame in the file's order: tables first, as pydicom prefers them, then windows. */
export function readVois(dataSet: DataSet, pixel: ImagePixel, modality: Modality, frame: number): readonly NamedVoi[] {
  // The input of a VOI table is signed when the values behind the modality transformation can be negative (PS3.3 C.11.2.1.1).
  const signedInput = modality.kind === "rescale" && (pixel.isSigned || modality.intercept < 0);
  for (const from of frameDataSets(dataSet, frame, tags.FrameVOILUTSequence)) {
    const found = [...tablesOf(from, signedInput), ...windowsOf(from)];
    if (found.length > 0) return found;
  }
  return [];
}

function tablesOf(from: DataSet, signedInput: boolean): readonly NamedVoi[] {
  return items(from, tags.VOILUTSequence).flatMap((item): NamedVoi[] => {
    const lut = readLut(item, signedInput);
    return lut ? [{ kind: "lut", ...lut, ...named(texts(item, tags.LUTExplanation)[0]) }] : [];
  });
}

function windowsOf(from: DataSet): readonly NamedVoi[] {
  const shape = code(from, tags.VOILUTFunction);
  const voiFunction = shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shape : "LINEAR";
  const [centers, widths, explanations] = [
    decimals(from, tags.WindowCenter),
    decimals(from, tags.WindowWidth),
    texts(from, tags.WindowCenterWidthExplanation),
  ];
  return centers.flatMap((center, index): NamedVoi[] => {
    const width = widths[index];
    if (width === undefined || !(voiFunction === "LINEAR" ? width >= 1 : width > 0)) return [];
    return [{ kind: "window", center, width, function: voiFunction, ...named(explanations[index]) }];
  });
}

function named(text: string | undefined): { readonly explanation?: string } {
  const explanation = safeName(text || undefined);
  return explanation === undefined ? {} : { explanation };
}

/** LUT Descriptor (entries, first mapped, bits) and LUT Data; undefined where they do not fit together. */
function readLut(item: DataSet, signed: boolean): Lut | undefined {
  const descriptor = shorts(item, tags.LUTDescriptor);
  const [count, , bits] = descriptor;
  const firstMapped = (signed ? shorts(item, tags.LUTDescriptor, true) : descriptor)[1];
  const element = item.elements.get(tags.LUTData);
  if (count === undefined || firstMapped === undefined || bits === undefined || bits < 1 || bits > 16 || element === undefined || element.items)
    return undefined;
  const entries = count === 0 ? 65536 : count;
  if (element.length >= 2 * entries) return { firstMapped, bits, data: Uint16Array.from(shorts(item, tags.LUTData).slice(0, entries)) };
  if (bits <= 8 && element.length >= entries)
    return { firstMapped, bits, data: Uint16Array.from(item.bytes.subarray(element.offset, element.offset + entries)) };
  return undefined;
}
