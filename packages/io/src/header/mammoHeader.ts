import type { DataSet } from "../dicom/dataSet.ts";
import { type ImagePixel, readImagePixel } from "../dicom/imagePixel.ts";
import type { DicomFile } from "../dicom/parseDicom.ts";
import { code, decimals, items, shorts, text, texts, uid } from "../dicom/values.ts";
import { DicomError } from "../dicomError.ts";
import type { Modality } from "../intensity/modality.ts";
import type { Voi } from "../intensity/voi.ts";
import { type Limits, limitsDefaults } from "../limits.ts";
import { readModality, readVois } from "./readIntensity.ts";
import { readSpacing, type Spacing } from "./spacing.ts";
import { type Laterality, readView, type View } from "./view.ts";

/** Mammography storage classes (PS3.4 B.5). */
const sopClasses: ReadonlyMap<string, { readonly intent: "FOR PRESENTATION" | "FOR PROCESSING"; readonly isTomosynthesis: boolean }> = new Map([
  ["1.2.840.10008.5.1.4.1.1.1.2", { intent: "FOR PRESENTATION", isTomosynthesis: false }],
  ["1.2.840.10008.5.1.4.1.1.1.2.1", { intent: "FOR PROCESSING", isTomosynthesis: false }],
  ["1.2.840.10008.5.1.4.1.1.13.1.3", { intent: "FOR PRESENTATION", isTomosynthesis: true }],
  ["1.2.840.10008.5.1.4.1.1.13.1.4", { intent: "FOR PRESENTATION", isTomosynthesis: true }],
  ["1.2.840.10008.5.1.4.1.1.13.1.5", { intent: "FOR PROCESSING", isTomosynthesis: true }],
] as const);

/** What the pipeline reads of a mammogram's header: an allow-list without patient data. Lengths in mm, angles in degrees. */
export interface MammoHeader {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string | undefined;
  readonly studyInstanceUid: string | undefined;
  readonly transferSyntaxUid: string;
  /** False for secondary captures and the like, which are read only where the caller accepts them. */
  readonly isMammography: boolean;
  readonly isTomosynthesis: boolean;
  readonly presentationIntent: "FOR PRESENTATION" | "FOR PROCESSING";
  readonly laterality: Laterality | undefined;
  readonly view: View;
  /** Where the chest wall lies by Patient Orientation (0020,0020); undefined where it does not say. */
  readonly chestWall: "left" | "right" | undefined;
  readonly pixel: ImagePixel;
  /** MONOCHROME1 or an inverse Presentation LUT Shape: the smallest value is white. */
  readonly isInverted: boolean;
  /** Raw detector values only: air is bright, so that tissue is made bright by inversion. */
  readonly isRawInverted: boolean;
  /** By Patient Orientation the image stands on its head (MLO: feet up; CC: medial up). */
  readonly isUpsideDown: boolean;
  readonly modality: Modality;
  readonly vois: readonly Voi[];
  /** Stored values from the first to the second of these are padding around the image. */
  readonly padding: readonly [from: number, to: number] | undefined;
  readonly pixelIntensityRelationship: "LIN" | "LOG" | undefined;
  readonly spacing: Spacing | undefined;
  readonly hasImplant: boolean;
  readonly isPartialView: boolean;
  readonly hasBurnedInAnnotation: boolean | undefined;
  readonly device: { readonly manufacturer: string | undefined; readonly model: string | undefined };
  readonly exposure: {
    readonly kvp: number | undefined;
    readonly thickness: number | undefined;
    /** Newton. */
    readonly compressionForce: number | undefined;
    readonly angle: number | undefined;
  };
}

/**
 * The elements of a file -> its mammography header, each field checked once.
 *
 * @throws DicomError `not-mammography` for any other SOP class unless `anySopClass`; `missing-attribute`, `invalid-attribute`.
 */
export function readMammoHeader(file: DicomFile, options: { readonly limits?: Limits; readonly anySopClass?: boolean } = {}): MammoHeader {
  const { dataSet } = file;
  const sopClassUid = uid(dataSet, 0x00080016);
  if (sopClassUid === undefined && !options.anySopClass) throw new DicomError("missing-attribute", "Expected SOP Class UID (0008,0016)");
  const kind = sopClasses.get(sopClassUid ?? "");
  if (kind === undefined && !options.anySopClass)
    throw new DicomError("not-mammography", "Expected a mammography SOP class (digital mammography or breast tomosynthesis)", {
      offset: dataSet.elements.get(0x00080016)?.offset,
    });
  const pixel = readImagePixel(dataSet, options.limits ?? limitsDefaults);
  if (
    pixel.samplesPerPixel !== 1 ||
    pixel.bitsAllocated > 16 ||
    pixel.bitsAllocated === 1 ||
    !pixel.photometricInterpretation.startsWith("MONOCHROME")
  )
    throw new DicomError("invalid-attribute", "Expected a monochrome image of 8 or 16 bits");
  const modality = readModality(dataSet, pixel);
  const laterality = readLaterality(dataSet);
  const view = readView(dataSet);
  const intent = code(dataSet, 0x00080068);
  const relationship = code(dataSet, 0x00281040);
  const annotated = code(dataSet, 0x00280301);
  const partial = code(dataSet, 0x00281350);
  return {
    sopClassUid: sopClassUid ?? "",
    sopInstanceUid: uid(dataSet, 0x00080018),
    studyInstanceUid: uid(dataSet, 0x0020000d),
    transferSyntaxUid: file.transferSyntax,
    isMammography: kind !== undefined,
    isTomosynthesis: kind?.isTomosynthesis ?? false,
    presentationIntent: intent === "FOR PROCESSING" || intent === "FOR PRESENTATION" ? intent : (kind?.intent ?? "FOR PRESENTATION"),
    laterality,
    view,
    chestWall: readChestWall(dataSet),
    pixel,
    // In the DX family MONOCHROME1 and INVERSE go together (PS3.3 C.8.11.3): one inversion, not two.
    isInverted: pixel.photometricInterpretation === "MONOCHROME1" || code(dataSet, 0x20500020) === "INVERSE",
    isRawInverted:
      shorts(dataSet, 0x00281041, true)[0] === 1 || (!dataSet.elements.has(0x00281041) && pixel.photometricInterpretation === "MONOCHROME1"),
    isUpsideDown: readUpsideDown(dataSet, laterality, view),
    modality,
    vois: readVois(dataSet, pixel, modality),
    padding: readPadding(dataSet, pixel),
    pixelIntensityRelationship: relationship === "LIN" || relationship === "LOG" ? relationship : undefined,
    spacing: readSpacing(dataSet),
    hasImplant: code(dataSet, 0x00281300) === "YES",
    isPartialView: partial === "YES" || items(dataSet, 0x00281352).length > 0,
    hasBurnedInAnnotation: annotated === "YES" ? true : annotated === "NO" ? false : undefined,
    device: { manufacturer: text(dataSet, 0x00080070), model: text(dataSet, 0x00081090) },
    exposure: {
      kvp: decimals(dataSet, 0x00180060)[0],
      thickness: decimals(dataSet, 0x001811a0)[0],
      compressionForce: decimals(dataSet, 0x001811a2)[0],
      angle: decimals(dataSet, 0x00181510)[0],
    },
  };
}

/** Image Laterality, else the frame's, else the series': tomosynthesis keeps it in the Frame Anatomy of the shared groups. */
function readLaterality(dataSet: DataSet): Laterality | undefined {
  const groups = [...items(dataSet, 0x52009229).slice(0, 1), ...items(dataSet, 0x52009230).slice(0, 1)];
  const frame = groups.flatMap((group) => items(group, 0x00209071)).map((anatomy) => code(anatomy, 0x00209072));
  const found = [code(dataSet, 0x00200062), ...frame, code(dataSet, 0x00200060)].find((value) => value === "L" || value === "R");
  return found as Laterality | undefined;
}

/** The row direction's token: towards anterior means that the chest wall is at the left. */
function readChestWall(dataSet: DataSet): "left" | "right" | undefined {
  const token = texts(dataSet, 0x00200020)[0]?.toUpperCase() ?? "";
  if (token.startsWith("A")) return "left";
  return token.startsWith("P") ? "right" : undefined;
}

/** The column direction's token: in oblique and lateral views it should point to the feet, in CC views away from the breast's lateral side. */
function readUpsideDown(dataSet: DataSet, laterality: Laterality | undefined, view: View): boolean {
  const [row = "", token = ""] = texts(dataSet, 0x00200020).map((part) => part.toUpperCase());
  if (!/^[AP]/.test(row)) return false;
  if (view.position?.startsWith("CC") || view.position?.startsWith("XCC")) return token.startsWith(laterality === "L" ? "L" : "R");
  return token.startsWith("H");
}

function readPadding(dataSet: DataSet, pixel: ImagePixel): readonly [number, number] | undefined {
  const value = shorts(dataSet, 0x00280120, pixel.isSigned)[0];
  if (value === undefined) return undefined;
  const limit = shorts(dataSet, 0x00280121, pixel.isSigned)[0] ?? value;
  return [Math.min(value, limit), Math.max(value, limit)];
}
