import type { DataSet } from "../dicom/dataSet.ts";
import type { ImagePixel } from "../dicom/imagePixel.ts";
import { code, decimals, items, shorts } from "../dicom/values.ts";
import { DicomError } from "../dicomError.ts";
import type { Lut } from "../intensity/lut.ts";
import type { Modality } from "../intensity/modality.ts";
import type { Voi } from "../intensity/voi.ts";

/** The Modality LUT sequence, else Rescale Slope and Intercept, else the identity. */
export function readModality(dataSet: DataSet, pixel: ImagePixel): Modality {
  const [table] = items(dataSet, 0x00283000);
  const lut = table && readLut(table, pixel.isSigned);
  if (lut) return { kind: "lut", ...lut };
  const slope = decimals(dataSet, 0x00281053)[0] ?? 1;
  const intercept = decimals(dataSet, 0x00281052)[0] ?? 0;
  if (slope === 0) throw new DicomError("invalid-attribute", "Expected Rescale Slope (0028,1053) not to be 0");
  return { kind: "rescale", slope, intercept };
}

/** All VOIs of the file in its order: tables first, as pydicom prefers them, then windows. */
export function readVois(dataSet: DataSet, pixel: ImagePixel, modality: Modality): readonly Voi[] {
  // The input of a VOI table is signed when the values behind the modality transformation can be negative (PS3.3 C.11.2.1.1).
  const signedInput = modality.kind === "rescale" && (pixel.isSigned || modality.intercept < 0);
  const tables = items(dataSet, 0x00283010).flatMap((item): Voi[] => {
    const lut = readLut(item, signedInput);
    return lut ? [{ kind: "lut", ...lut }] : [];
  });
  const named = code(dataSet, 0x00281056);
  const shape = named === "SIGMOID" || named === "LINEAR_EXACT" ? named : "LINEAR";
  const shared = items(dataSet, 0x52009229)[0];
  const first = items(dataSet, 0x52009230)[0];
  const source =
    [dataSet, ...[first, shared].flatMap((group) => (group ? items(group, 0x00289132).slice(0, 1) : []))].find(
      (from) => decimals(from, 0x00281050).length > 0,
    ) ?? dataSet;
  const centers = decimals(source, 0x00281050);
  const widths = decimals(source, 0x00281051);
  const windows = centers.flatMap((center, index): Voi[] => {
    const width = widths[index];
    return width !== undefined && (shape === "LINEAR" ? width >= 1 : width > 0) ? [{ kind: "window", center, width, function: shape }] : [];
  });
  return [...tables, ...windows];
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
