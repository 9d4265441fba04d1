import type { Laterality } from "@mammo/mammogram";
import { DicomError } from "../dicomError.ts";
import type { Modality } from "../intensity/modality.ts";
import { type Limits, limitsDefaults } from "../limits.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { type ImagePixel, readImagePixel } from "../parse/imagePixel.ts";
import { offsetOf } from "../parse/offsetOf.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { code, items, shorts, texts, uid } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { type Device, readDevice } from "./device.ts";
import { type Exposure, readExposure } from "./exposure.ts";
import { readChestWall, readLaterality, readUpsideDown } from "./orientation.ts";
import { type NamedVoi, readModality, readVois } from "./readIntensity.ts";
import { mammographyClasses } from "./sopClass.ts";
import { readSpacing, type Spacing } from "./spacing.ts";
import { readView, type View } from "./view.ts";

/** What the pipeline reads of a mammogram's header: an allow-list without patient data. Of a multi-frame file, it describes one frame. */
export interface MammoHeader {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string | undefined;
  readonly studyInstanceUid: string | undefined;
  readonly transferSyntaxUid: string;
  /** False for secondary captures and the like, which are read only where the caller accepts them. */
  readonly isMammography: boolean;
  readonly isTomosynthesis: boolean;
  /** An image like a mammogram, computed from a tomosynthesis stack: Image Type (0008,0008) says GENERATED_2D. */
  readonly isSynthetic: boolean;
  readonly presentationIntent: "FOR PRESENTATION" | "FOR PROCESSING";
  readonly laterality: Laterality | undefined;
  readonly view: View;
  /** Where the chest wall lies by Patient Orientation (0020,0020); undefined where it does not say. */
  readonly chestWall: "left" | "right" | undefined;
  readonly pixel: ImagePixel;
  readonly presentationLutShape: "IDENTITY" | "INVERSE" | undefined;
  /** MONOCHROME1 or an inverse Presentation LUT Shape: the smallest value is white. */
  readonly isInverted: boolean;
  /** Raw detector values only: air is bright, so that tissue is made bright by inversion. */
  readonly isRawInverted: boolean;
  /** By Patient Orientation the image stands on its head (MLO: feet up; CC: medial up). */
  readonly isUpsideDown: boolean;
  readonly modality: Modality;
  /** All that the file offers, tables before windows, each with its explanation; `readMammogram` takes the first unless told otherwise. */
  readonly vois: readonly NamedVoi[];
  /** Stored values from the first to the second of these are padding around the image. */
  readonly padding: readonly [from: number, to: number] | undefined;
  readonly pixelIntensityRelationship: "LIN" | "LOG" | undefined;
  readonly spacing: Spacing | undefined;
  readonly hasImplant: boolean;
  readonly isPartialView: boolean;
  readonly hasBurnedInAnnotation: boolean | undefined;
  /** An image of a test object, for the quality control of the device. */
  readonly isQualityControl: boolean;
  readonly device: Device;
  readonly exposure: Exposure;
}

/**
 * The elements of a file -> its mammography header, each field checked once.
 *
 * @throws DicomError `not-mammography` for any other SOP class unless `anySopClass`; `missing-attribute`, `invalid-attribute`.
 * @example const { laterality, view, spacing } = readMammoHeader(await parseDicom(bytes));
 */
export function readMammoHeader(
  file: Pick<DicomFile, "dataSet" | "transferSyntax">,
  options: { readonly limits?: Limits; readonly anySopClass?: boolean; readonly frame?: number } = {},
): MammoHeader {
  const { dataSet } = file;
  const { frame = 0 } = options;
  const sopClassUid = uid(dataSet, tags.SOPClassUID);
  const kind = mammographyClasses.get(sopClassUid ?? "");
  if (kind === undefined && !options.anySopClass) refuseClass(dataSet, sopClassUid);
  const pixel = readImagePixel(dataSet, options.limits ?? limitsDefaults);
  requireMonochrome(dataSet, pixel);
  const modality = readModality(dataSet, pixel, frame);
  const laterality = readLaterality(dataSet, frame);
  const view = readView(dataSet);
  const isMonochrome1 = pixel.photometricInterpretation === "MONOCHROME1";
  const presentationLutShape = oneOf(dataSet, tags.PresentationLUTShape, ["IDENTITY", "INVERSE"]);
  const burnedIn = oneOf(dataSet, tags.BurnedInAnnotation, ["YES", "NO"]);
  return {
    sopClassUid: sopClassUid ?? "",
    sopInstanceUid: uid(dataSet, tags.SOPInstanceUID),
    studyInstanceUid: uid(dataSet, tags.StudyInstanceUID),
    transferSyntaxUid: file.transferSyntax,
    isMammography: kind !== undefined,
    isTomosynthesis: kind?.isTomosynthesis ?? false,
    isSynthetic: texts(dataSet, tags.ImageType).includes("GENERATED_2D"),
    presentationIntent: oneOf(dataSet, tags.PresentationIntentType, ["FOR PROCESSING", "FOR PRESENTATION"]) ?? kind?.intent ?? "FOR PRESENTATION",
    laterality,
    view,
    chestWall: readChestWall(dataSet),
    pixel,
    presentationLutShape,
    // In the DX family MONOCHROME1 and INVERSE go together (PS3.3 C.8.11.3): one inversion, not two.
    isInverted: isMonochrome1 || presentationLutShape === "INVERSE",
    isRawInverted:
      shorts(dataSet, tags.PixelIntensityRelationshipSign, true)[0] === 1 ||
      (!dataSet.elements.has(tags.PixelIntensityRelationshipSign) && isMonochrome1),
    isUpsideDown: readUpsideDown(dataSet, laterality, view),
    modality,
    vois: readVois(dataSet, pixel, modality, frame),
    padding: readPadding(dataSet, pixel),
    pixelIntensityRelationship: oneOf(dataSet, tags.PixelIntensityRelationship, ["LIN", "LOG"]),
    spacing: readSpacing(dataSet, frame),
    hasImplant: code(dataSet, tags.BreastImplantPresent) === "YES",
    isPartialView: code(dataSet, tags.PartialView) === "YES" || items(dataSet, tags.PartialViewCodeSequence).length > 0,
    hasBurnedInAnnotation: burnedIn && burnedIn === "YES",
    isQualityControl: code(dataSet, tags.QualityControlImage) === "YES",
    device: readDevice(dataSet),
    exposure: readExposure(dataSet),
  };
}

function refuseClass(dataSet: DataSet, sopClassUid: string | undefined): never {
  const offset = dataSet.elements.get(tags.SOPClassUID)?.offset ?? offsetOf(dataSet, tags.SOPClassUID);
  if (sopClassUid === undefined) throw new DicomError("missing-attribute", "Expected SOP Class UID (0008,0016)", { offset });
  throw new DicomError(
    "not-mammography",
    "Expected a mammography SOP class (digital mammography or breast tomosynthesis); anySopClass admits others",
    { offset },
  );
}

function requireMonochrome(dataSet: DataSet, pixel: ImagePixel): void {
  const isFitting = pixel.samplesPerPixel === 1 && (pixel.bitsAllocated === 8 || pixel.bitsAllocated === 12 || pixel.bitsAllocated === 16);
  if (!isFitting || !pixel.photometricInterpretation.startsWith("MONOCHROME"))
    throw new DicomError("invalid-attribute", "Expected a monochrome image of 8 or 16 bits", {
      offset: offsetOf(dataSet, tags.PhotometricInterpretation),
    });
}

/** A code string if it is one of these. */
function oneOf<T extends string>(dataSet: DataSet, tag: number, values: readonly T[]): T | undefined {
  const found = code(dataSet, tag);
  return values.find((value) => value === found);
}

function readPadding(dataSet: DataSet, pixel: ImagePixel): readonly [number, number] | undefined {
  const value = shorts(dataSet, tags.PixelPaddingValue, pixel.isSigned)[0];
  if (value === undefined) return undefined;
  const limit = shorts(dataSet, tags.PixelPaddingRangeLimit, pixel.isSigned)[0] ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}
