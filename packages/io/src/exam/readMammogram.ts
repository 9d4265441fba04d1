import type { Readable } from "../dicom/byteSource.ts";
import type { Codec } from "../dicom/codecs/codec.ts";
import { pixelDataTag } from "../dicom/parse/readDataSet.ts";
import { decodeFrame } from "../dicom/frames/decodeFrame.ts";
import { parseDicom } from "../dicom/parse/parseDicom.ts";
import { placeOf } from "../dicom/parse/offsetOf.ts";
import { DicomError } from "../dicom/dicomError.ts";
import { type MammoHeader, readMammoHeader } from "../dicom/header/mammoHeader.ts";
import type { NamedVoi } from "../dicom/header/readIntensity.ts";
import type { Laterality, ViewPosition } from "../dicom/header/view.ts";
import { intensityTable } from "../dicom/intensity/intensityLut.ts";
import { type Limits, limitsDefaults } from "../dicom/limits.ts";
import { type StandardFlag, type StandardImage, type StandardizeOptions, standardize } from "../image/standardize/standardize.ts";

export interface ReadMammogramOptions extends Partial<StandardizeOptions> {
  readonly limits?: Partial<Limits>;
  readonly codecs?: readonly Codec[];
  /** Which of the file's VOIs, by number or by its explanation; the first by default. "none": percentiles of the breast instead. */
  readonly voi?: number | "none" | { readonly explanation: string };
  /** Of a tomosynthesis stack; 0 by default. */
  readonly frame?: number;
  /** Accept other SOP classes, such as secondary captures of film. */
  readonly anySopClass?: boolean;
  /** Used where the file itself does not say. */
  readonly laterality?: Laterality;
  readonly view?: ViewPosition;
  readonly sourceMmPerPixel?: readonly [row: number, column: number];
  /** SHA-256 of the bytes, carried into the result. */
  readonly sha256?: string;
}

/**
 * One DICOM file of any vendor, as bytes, Blob or source -> its header and the standard image.
 *
 * @throws DicomError with a `code` and, where there is one, a byte `offset`; its text never repeats a value of the file.
 * @example
 * const { header, image } = await readMammogram(await readFile("view.dcm"));
 * image.pixels; // Float32Array of 1200 x 800, 0.25 mm per pixel, chest wall at column 0
 */
export async function readMammogram(
  readable: Readable,
  options: ReadMammogramOptions = {},
): Promise<{ readonly header: MammoHeader; readonly image: StandardImage }> {
  const limits = { ...limitsDefaults, ...options.limits };
  const file = await parseDicom(readable, limits);
  const { frame = 0 } = options;
  const header = readMammoHeader(file, { limits, anySopClass: options.anySopClass ?? false, frame });
  const cells = await decodeFrame(file, header.pixel, { frame, ...(options.codecs ? { codecs: options.codecs } : {}) });
  const isRaw = header.presentationIntent === "FOR PROCESSING";
  const missing = (tag: number, name: string): never => {
    throw new DicomError("missing-attribute", `Expected ${name}`, { offset: placeOf(file.dataSet, tag) });
  };
  const voi = isRaw ? undefined : chooseVoi(header.vois, options.voi, () => missing(0x00281050, "the VOI that was asked for"));
  // Linear counts fall exponentially with what they pass through: their negative logarithm is bright where tissue is, and needs no inversion.
  const negativeLog = isRaw && header.isRawInverted && header.pixelIntensityRelationship === "LIN";
  const table = intensityTable(header.pixel, {
    modality: header.modality,
    voi,
    isInverted: isRaw ? header.isRawInverted && !negativeLog : header.isInverted,
    padding: header.padding,
    negativeLog,
  });
  const mmPerPixel = header.spacing?.mmPerPixel ?? options.sourceMmPerPixel;
  const laterality = header.laterality ?? options.laterality;
  const view = header.view.position ?? options.view;
  if (mmPerPixel === undefined) return missing(0x00181164, "Imager Pixel Spacing (0018,1164) or Pixel Spacing (0028,0030)");
  if (laterality === undefined) return missing(0x00200062, "Image Laterality (0020,0062)");
  if (view === undefined) return missing(0x00540220, "a view in View Code Sequence (0054,0220) or View Position (0018,5101)");
  const { rows, columns } = header.pixel;
  requireField(rows * mmPerPixel[0], columns * mmPerPixel[1], placeOf(file.dataSet, 0x00181164));
  const { chestWall, isUpsideDown } = header;
  const source = { cells, rows, columns, table, mmPerPixel, laterality, view, chestWall, isUpsideDown, sha256: options.sha256 };
  try {
    return { header, image: standardize({ ...source, isRamp: voi === undefined, flags: flagsOf(header) }, options) };
  } catch (cause) {
    if (!(cause instanceof DicomError)) throw cause;
    throw new DicomError(cause.code, cause.message, { offset: placeOf(file.dataSet, pixelDataTag) });
  }
}

/** A pixel spacing that would make the picture smaller than a specimen or larger than any detector is no spacing, whatever it costs to draw. */
function requireField(height: number, width: number, offset: number): void {
  const isReal = (mm: number): boolean => mm >= 5 && mm <= 1000;
  if (!isReal(height) || !isReal(width))
    throw new DicomError("invalid-attribute", "Expected a pixel spacing that makes the picture 5 to 1000 mm high and wide", { offset });
}

function chooseVoi(vois: readonly NamedVoi[], wanted: ReadMammogramOptions["voi"], missing: () => never): NamedVoi | undefined {
  if (wanted === undefined) return vois[0];
  if (wanted === "none") return undefined;
  return (typeof wanted === "number" ? vois[wanted] : vois.find(({ explanation }) => explanation === wanted.explanation)) ?? missing();
}

function flagsOf(header: MammoHeader): readonly StandardFlag[] {
  const flags: StandardFlag[] = [];
  if (header.presentationIntent === "FOR PROCESSING") flags.push("for-processing");
  if (header.hasImplant) flags.push("implant");
  if (header.isPartialView) flags.push("partial-view");
  if (header.hasBurnedInAnnotation) flags.push("burned-in-annotation");
  if (!header.isMammography) flags.push("not-mammography-class");
  if (header.isQualityControl) flags.push("quality-control");
  if (header.isSynthetic) flags.push("synthetic-view");
  if (!header.view.isStandardScreening) flags.push("non-screening-view");
  return flags;
}
