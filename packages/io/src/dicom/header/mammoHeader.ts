import type { Laterality } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import { DicomError } from "../dicomError.ts";
import type { Modality } from "../intensity/modality.ts";
import { type Limits, limitsOf } from "../limits.ts";
import type { DataSet } from "../parse/dataSet.ts";
import { type ImagePixel, readImagePixel } from "../parse/imagePixel.ts";
import { offsetOf } from "../parse/offsetOf.ts";
import type { DicomFile } from "../parse/parseDicom.ts";
import { code, isPresent, items, shorts, uid } from "../parse/values.ts";
import { tags } from "../tags.ts";
import { type Device, readDevice } from "./device.ts";
import { type Exposure, readExposure } from "./exposure.ts";
import { type ImageKind, readImageKind } from "./imageKind.ts";
import { readChestWall, readLaterality, readUpsideDown } from "./orientation.ts";
import { type NamedVoi, readModality, readVois } from "./readIntensity.ts";
import { type Reading, startReading } from "./reading.ts";
import { mammographyClasses } from "./sopClass.ts";
import { readSpacing, type Spacing } from "./spacing.ts";
import { lateralityInViewPosition, readView, type View } from "./view.ts";

/** What the pipeline reads of a mammogram's header: an allow-list without patient data. Of a multi-frame file, it describes one frame. */
export interface MammoHeader {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string | undefined;
  readonly studyInstanceUid: string | undefined;
  readonly transferSyntaxUid: string;
  /** False for secondary captures and the like, which are read only where the caller accepts them. */
  readonly isMammography: boolean;
  /** What kind of image it is, from all that the file says of it. */
  readonly kind: ImageKind;
  readonly isTomosynthesis: boolean;
  /** An image like a mammogram, computed from a tomosynthesis stack. */
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
  /** undefined where the file does not say. */
  readonly hasImplant: boolean | undefined;
  readonly isPartialView: boolean;
  readonly hasBurnedInAnnotation: boolean | undefined;
  /** An image of a test object, for the quality control of the device. */
  readonly isQualityControl: boolean;
  readonly device: Device;
  readonly exposure: Exposure;
  /** Keywords of attributes that are there and could not be used as they are: something else stands in for them, or a part of them. */
  readonly unreadable: readonly string[];
  /** Keywords of attributes that are not written as DICOM says, and were read all the same: a decimal comma, a word for a code. */
  readonly nonstandard: readonly string[];
}

/**
 * The elements of a file -> its mammography header, each field checked once.
 *
 * @throws DicomError `not-mammography` for any other SOP class unless `anySopClass`; `missing-attribute`, `invalid-attribute`.
 * @example const { laterality, view, spacing } = readMammoHeader(await parseDicom(bytes));
 */
export function readMammoHeader(
  file: Pick<DicomFile, "dataSet" | "transferSyntax">,
  options: {
    readonly limits?: Partial<Limits>;
    readonly anySopClass?: boolean;
    readonly frame?: number;
    /** Instead of what the file says: what its codestream says. */
    readonly pixel?: ImagePixel;
  } = {},
): MammoHeader {
  requireKnownKeys("readMammoHeader", options, { limits: true, anySopClass: true, frame: true, pixel: true });
  const { dataSet } = file;
  const { frame = 0 } = options;
  const sopClassUid = uid(dataSet, tags.SOPClassUID);
  const storage = mammographyClasses.get(sopClassUid ?? "");
  if (storage === undefined && !options.anySopClass) refuseClass(dataSet, sopClassUid);
  const pixel = options.pixel ?? readImagePixel(dataSet, limitsOf(options.limits));
  requireMonochrome(dataSet, pixel);
  const reading = startReading();
  const modality = readModality(dataSet, { pixel, frame, reading });
  const vois = readVois(dataSet, modality, { pixel, frame, reading });
  const spacing = readSpacing(dataSet, frame, reading);
  const view = readView(dataSet, reading, spacing?.magnification);
  const laterality = readLaterality(dataSet, frame, reading) ?? lateralityInViewPosition(dataSet);
  const kind = readImageKind(dataSet, { stack: storage?.stack, frames: pixel.frames });
  const isMonochrome1 = pixel.photometricInterpretation === "MONOCHROME1";
  const presentationLutShape = oneOf(dataSet, tags.PresentationLUTShape, ["IDENTITY", "INVERSE"], () =>
    reading.unreadable.add("PresentationLUTShape"),
  );
  const intent = oneOf(dataSet, tags.PresentationIntentType, ["FOR PROCESSING", "FOR PRESENTATION"], () =>
    reading.unreadable.add("PresentationIntentType"),
  );
  const burnedIn = oneOf(dataSet, tags.BurnedInAnnotation, ["YES", "NO"]);
  const implant = oneOf(dataSet, tags.BreastImplantPresent, ["YES", "NO"]);
  return {
    sopClassUid: sopClassUid ?? "",
    sopInstanceUid: uid(dataSet, tags.SOPInstanceUID),
    studyInstanceUid: uid(dataSet, tags.StudyInstanceUID),
    transferSyntaxUid: file.transferSyntax,
    isMammography: storage !== undefined,
    kind,
    isTomosynthesis: storage?.stack !== undefined || kind === "tomosynthesis",
    isSynthetic: kind === "synthetic",
    presentationIntent: intent ?? storage?.intent ?? "FOR PRESENTATION",
    laterality,
    view,
    chestWall: readChestWall(dataSet, frame),
    pixel,
    presentationLutShape,
    // In the DX family MONOCHROME1 and INVERSE go together (PS3.3 C.8.11.3): one inversion, not two.
    isInverted: isMonochrome1 || presentationLutShape === "INVERSE",
    isRawInverted:
      shorts(dataSet, tags.PixelIntensityRelationshipSign, true)[0] === 1 ||
      (!dataSet.elements.has(tags.PixelIntensityRelationshipSign) && isMonochrome1),
    isUpsideDown: readUpsideDown(dataSet, { frame, laterality, view }),
    modality,
    vois,
    padding: readPadding(dataSet, pixel),
    pixelIntensityRelationship: oneOf(dataSet, tags.PixelIntensityRelationship, ["LIN", "LOG"]),
    spacing,
    hasImplant: implant && implant === "YES",
    isPartialView: code(dataSet, tags.PartialView) === "YES" || items(dataSet, tags.PartialViewCodeSequence).length > 0,
    hasBurnedInAnnotation: burnedIn && burnedIn === "YES",
    isQualityControl: code(dataSet, tags.QualityControlImage) === "YES",
    device: readDevice(dataSet),
    exposure: readExposure(dataSet),
    ...listed(reading),
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

const listed = ({ unreadable, nonstandard }: Reading): { readonly unreadable: readonly string[]; readonly nonstandard: readonly string[] } => ({
  unreadable: [...unreadable],
  nonstandard: [...nonstandard],
});

/** A code string if it is one of these; `onOther` hears of one that is there and is none of them. */
function oneOf<T extends string>(dataSet: DataSet, tag: number, values: readonly T[], onOther?: () => void): T | undefined {
  const written = code(dataSet, tag)?.replace(/_/g, " ");
  const found = values.find((value) => value === written);
  if (found === undefined && isPresent(dataSet, tag)) onOther?.();
  return found;
}

function readPadding(dataSet: DataSet, pixel: ImagePixel): readonly [number, number] | undefined {
  const value = shorts(dataSet, tags.PixelPaddingValue, pixel.isSigned)[0];
  if (value === undefined) return undefined;
  const limit = shorts(dataSet, tags.PixelPaddingRangeLimit, pixel.isSigned)[0] ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}
