import type { DataSet } from "../parse/readDataSet.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { code, decimals, items, shorts, texts } from "../parse/values.ts";
import { DicomError } from "../dicomError.ts";
import type { Lut } from "../intensity/lut.ts";
import type { Modality } from "../intensity/modality.ts";
import type { Voi } from "../intensity/voi.ts";
import { placesOf } from "./functionalGroups.ts";
import { safeName } from "./safeName.ts";

/** A VOI of a file, with what the file calls it (see `safeName`). */
export type NamedVoi = Voi & { readonly explanation?: string };

const [pixelValueTransformation, frameVoiLut] = [0x00289145, 0x00289132];

/**
 * The Modality LUT sequence, else Rescale Slope and Intercept (of the frame, in multi-frame files), else the identity.
 *
 * @throws DicomError `invalid-attribute`.
 */
export function readModality(dataSet: DataSet, pixel: ImagePixel, frame: number): Modality {
  const [table] = items(dataSet, 0x00283000);
  const lut = table && readLut(table, pixel.isSigned);
  if (lut) return { kind: "lut", ...lut };
  const place = placesOf(dataSet, frame, pixelValueTransformation).find((from) => decimals(from, 0x00281053).length > 0) ?? dataSet;
  const slope = decimals(place, 0x00281053)[0] ?? 1;
  const intercept = decimals(place, 0x00281052)[0] ?? 0;
  if (slope === 0)
    throw new DicomError("invalid-attribute", "Expected Rescale Slope (0028,1053) not to be 0", { offset: place.elements.get(0x00281053)?.offset });
  return { kind: "rescale", slope, intercept };
}

/** All VOIs of a frame in the file's order: tables first, as pydicom prefers them, then windows. */
export function readVois(dataSet: DataSet, pixel: ImagePixel, modality: Modality, frame: number): readonly NamedVoi[] {
  // The input of a VOI table is signed when the values behind the modality transformation can be negative (PS3.3 C.11.2.1.1).
  const signedInput = modality.kind === "rescale" && (pixel.isSigned || modality.intercept < 0);
  for (const place of placesOf(dataSet, frame, frameVoiLut)) {
    const found = [...tablesOf(place, signedInput), ...windowsOf(place)];
    if (found.length > 0) return found;
  }
  return [];
}

function tablesOf(place: DataSet, signedInput: boolean): readonly NamedVoi[] {
  return items(place, 0x00283010).flatMap((item): NamedVoi[] => {
    const lut = readLut(item, signedInput);
    return lut ? [{ kind: "lut", ...lut, ...named(texts(item, 0x00283003)[0]) }] : [];
  });
}

function windowsOf(place: DataSet): readonly NamedVoi[] {
  const shape = code(place, 0x00281056);
  const voiFunction = shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shape : "LINEAR";
  const [centers, widths, explanations] = [decimals(place, 0x00281050), decimals(place, 0x00281051), texts(place, 0x00281055)];
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
  const descriptor = shorts(item, 0x00283002);
  const [count, , bits] = descriptor;
  const firstMapped = (signed ? shorts(item, 0x00283002, true) : descriptor)[1];
  const element = item.elements.get(0x00283006);
  if (count === undefined || firstMapped === undefined || bits === undefined || bits < 1 || bits > 16 || element === undefined || element.items)
    return undefined;
  const entries = count === 0 ? 65536 : count;
  if (element.length >= 2 * entries) return { firstMapped, bits, data: Uint16Array.from(shorts(item, 0x00283006).slice(0, entries)) };
  if (bits <= 8 && element.length >= entries)
    return { firstMapped, bits, data: Uint16Array.from(item.bytes.subarray(element.offset, element.offset + entries)) };
  return undefined;
}
