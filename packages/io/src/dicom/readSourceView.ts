import type { Laterality, ViewPosition } from "@mammo/mammogram";
import type { Codec } from "./codecs/codec.ts";
import { DicomError } from "./dicomError.ts";
import { decodeFrameAsCoded } from "./frames/decodeFrame.ts";
import { isOddKind } from "./header/imageKind.ts";
import { type MammoHeader, readMammoHeader } from "./header/mammoHeader.ts";
import type { NamedVoi } from "./header/readIntensity.ts";
import { intensityLut } from "./intensity/intensityLut.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { offsetOf } from "./parse/offsetOf.ts";
import type { DicomFile } from "./parse/parseDicom.ts";
import type { SourceFlag, SourceView } from "./sourceView.ts";
import { tags } from "./tags.ts";

/** How a DICOM file is read, and what stands in for what it does not say. */
export interface SourceViewOptions {
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
 * One frame of a parsed file -> its header and the decoded view, with the brightness that the file's VOI gives each stored value.
 *
 * @throws DicomError with a `code` and, where there is one, a byte `offset`.
 */
export async function readSourceView(
  file: DicomFile,
  options: SourceViewOptions = {},
): Promise<{ readonly header: MammoHeader; readonly view: SourceView }> {
  const limits = limitsOf(options.limits);
  const { frame = 0 } = options;
  const reading = { limits, anySopClass: options.anySopClass ?? false, frame };
  const stated = readMammoHeader(file, reading);
  const { storedValues, pixel, isMismatch } = await decodeFrameAsCoded(file, stated.pixel, {
    frame,
    ...(options.codecs ? { codecs: options.codecs } : {}),
  });
  const header = pixel === stated.pixel ? stated : readMammoHeader(file, { ...reading, pixel });
  const missingVoi = (): never => {
    throw new DicomError("missing-attribute", "Expected the VOI that was asked for", { offset: offsetOf(file.dataSet, tags.WindowCenter) });
  };
  const voi = isRaw(header) ? undefined : chooseVoi(header.vois, options.voi, missingVoi);
  // A table that cannot be used may have been any curve; percentiles stand in for it only where someone asks for them.
  if (!isRaw(header) && voi === undefined && options.voi === undefined && header.unreadable.includes("VOILUTSequence"))
    throw new DicomError(
      "invalid-attribute",
      'Expected a VOI LUT that can be used, or a window beside it; voi: "none" takes percentiles of the breast instead',
      {
        offset: offsetOf(file.dataSet, tags.VOILUTSequence),
      },
    );
  const lut = lutOf(header, voi);
  const taken = { ...withOptions(file, header, options), chestWall: header.chestWall, isUpsideDown: header.isUpsideDown };
  const { mmPerPixel } = taken;
  const { rows, columns } = header.pixel;
  requireField(rows * mmPerPixel[0], columns * mmPerPixel[1], offsetOf(file.dataSet, tags.ImagerPixelSpacing));
  const { sha256 } = options;
  const flags = [...flagsOf(header), ...(isMismatch ? (["codestream-mismatch"] as const) : [])];
  return { header, view: { storedValues, rows, columns, lut, isLinear: voi === undefined, ...taken, sha256, flags } };
}

/** What a view needs, from the header or else from the options. @throws DicomError that names all that neither says: `missing-attribute`, or `invalid-attribute` where one is there and cannot be read. */
function withOptions(
  file: DicomFile,
  header: MammoHeader,
  options: SourceViewOptions,
): { readonly mmPerPixel: readonly [number, number]; readonly laterality: Laterality; readonly view: ViewPosition } {
  const mmPerPixel = header.spacing?.mmPerPixel ?? options.sourceMmPerPixel;
  const laterality = header.laterality ?? options.laterality;
  const view = header.view.position ?? options.view;
  const missing = [
    ...(mmPerPixel
      ? []
      : [[tags.ImagerPixelSpacing, "Imager Pixel Spacing (0018,1164) or Pixel Spacing (0028,0030)", "sourceMmPerPixel", "Spacing"] as const]),
    ...(laterality ? [] : [[tags.ImageLaterality, "Image Laterality (0020,0062)", "laterality", "Laterality"] as const]),
    ...(view ? [] : [[tags.ViewCodeSequence, "a view in View Code Sequence (0054,0220) or View Position (0018,5101)", "view", "View"] as const]),
  ];
  const isThere = (keyword: string) => header.unreadable.some((one) => one.includes(keyword));
  if (mmPerPixel && laterality && view) return { mmPerPixel, laterality, view };
  const expected = missing
    .map(([, name, option, keyword]) => `${name}${isThere(keyword) ? " to be readable" : ""} (or the option ${option})`)
    .join(", and ");
  const code = missing.some(([, , , keyword]) => isThere(keyword)) ? "invalid-attribute" : "missing-attribute";
  throw new DicomError(code, `Expected ${expected}`, { offset: offsetOf(file.dataSet, missing[0]![0]) });
}

const isRaw = (header: MammoHeader): boolean => header.presentationIntent === "FOR PROCESSING";

function lutOf(header: MammoHeader, voi: NamedVoi | undefined): Float32Array {
  // Linear counts fall exponentially with what they pass through: their negative logarithm is bright where tissue is, and needs no inversion.
  const negativeLog = isRaw(header) && header.isRawInverted && header.pixelIntensityRelationship === "LIN";
  return intensityLut(header.pixel, {
    modality: header.modality,
    voi,
    isInverted: isRaw(header) ? header.isRawInverted && !negativeLog : header.isInverted,
    padding: header.padding,
    negativeLog,
  });
}

/** A pixel spacing that would make the image smaller than a specimen or larger than any detector is no spacing, whatever it costs to draw. */
function requireField(height: number, width: number, offset: number): void {
  const isReal = (mm: number): boolean => mm >= 5 && mm <= 1000;
  if (!isReal(height) || !isReal(width))
    throw new DicomError("invalid-attribute", "Expected a pixel spacing that makes the image 5 to 1000 mm high and wide", { offset });
}

function chooseVoi(vois: readonly NamedVoi[], wanted: SourceViewOptions["voi"], missing: () => never): NamedVoi | undefined {
  if (wanted === undefined) return vois[0];
  if (wanted === "none") return undefined;
  return (typeof wanted === "number" ? vois[wanted] : vois.find(({ explanation }) => explanation === wanted.explanation)) ?? missing();
}

function flagsOf(header: MammoHeader): readonly SourceFlag[] {
  const flags: SourceFlag[] = [];
  if (isRaw(header)) flags.push("for-processing");
  if (header.hasImplant) flags.push("implant");
  if (header.isPartialView) flags.push("partial-view");
  if (header.hasBurnedInAnnotation) flags.push("burned-in-annotation");
  if (!header.isMammography) flags.push("not-mammography-class");
  if (header.isQualityControl) flags.push("quality-control");
  if (header.isSynthetic) flags.push("synthetic-view");
  if (isOddKind(header.kind)) flags.push(header.kind);
  if (!header.view.isStandardScreening || isOddKind(header.kind)) flags.push("non-screening-view");
  if (header.unreadable.length > 0) flags.push("unreadable-attribute");
  if (header.nonstandard.length > 0) flags.push("nonstandard-attribute");
  return flags;
}
