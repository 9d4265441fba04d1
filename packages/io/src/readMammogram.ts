import type { Codec } from "./codecs/codec.ts";
import { decodeFrame } from "./dicom/decodeFrame.ts";
import { parseDicom } from "./dicom/parseDicom.ts";
import { DicomError } from "./dicomError.ts";
import { type MammoHeader, readMammoHeader } from "./header/mammoHeader.ts";
import type { Laterality, ViewPosition } from "./header/view.ts";
import { intensityTable } from "./intensity/intensityTable.ts";
import { type Limits, limitsDefaults } from "./limits.ts";
import { type StandardFlag, type StandardImage, type StandardizeOptions, standardize } from "./standardize/standardize.ts";

export interface ReadMammogramOptions extends Partial<StandardizeOptions> {
  readonly limits?: Partial<Limits>;
  readonly codecs?: readonly Codec[];
  /** Which of the file's VOIs; the first by default. "none": percentiles of the breast instead. */
  readonly voi?: number | "none";
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
 * The bytes of one DICOM file of any vendor -> its header and the standard image.
 *
 * @throws DicomError with a `code` and, where there is one, a byte `offset`; its text never repeats a value of the file.
 * @example
 * const { header, image } = await readMammogram(await readFile("view.dcm"));
 * image.pixels; // Float32Array of 1200 x 800, 0.25 mm per pixel, chest wall at column 0
 */
export async function readMammogram(
  bytes: Uint8Array,
  options: ReadMammogramOptions = {},
): Promise<{ readonly header: MammoHeader; readonly image: StandardImage }> {
  const limits = { ...limitsDefaults, ...options.limits };
  const file = await parseDicom(bytes, limits);
  const header = readMammoHeader(file, { limits, anySopClass: options.anySopClass ?? false });
  const cells = await decodeFrame(file, header.pixel, { frame: options.frame ?? 0, ...(options.codecs ? { codecs: options.codecs } : {}) });
  const isRaw = header.presentationIntent === "FOR PROCESSING";
  const voi = isRaw || options.voi === "none" ? undefined : header.vois[options.voi ?? 0];
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
  if (mmPerPixel === undefined) throw new DicomError("missing-attribute", "Expected Imager Pixel Spacing (0018,1164) or Pixel Spacing (0028,0030)");
  if (laterality === undefined) throw new DicomError("missing-attribute", "Expected Image Laterality (0020,0062)");
  if (view === undefined) throw new DicomError("missing-attribute", "Expected a view in View Code Sequence (0054,0220) or View Position (0018,5101)");
  const { rows, columns } = header.pixel;
  const image = standardize(
    {
      cells,
      rows,
      columns,
      table,
      isRamp: voi === undefined,
      mmPerPixel,
      laterality,
      view,
      chestWall: header.chestWall,
      isUpsideDown: header.isUpsideDown,
      sha256: options.sha256,
      flags: flagsOf(header),
    },
    options,
  );
  return { header, image };
}

function flagsOf(header: MammoHeader): readonly StandardFlag[] {
  const flags: StandardFlag[] = [];
  if (header.presentationIntent === "FOR PROCESSING") flags.push("for-processing");
  if (header.hasImplant) flags.push("implant");
  if (header.isPartialView) flags.push("partial-view");
  if (header.hasBurnedInAnnotation) flags.push("burned-in-annotation");
  if (!header.isMammography) flags.push("not-mammography-class");
  if (!header.view.isStandardScreening) flags.push("non-screening-view");
  return flags;
}
