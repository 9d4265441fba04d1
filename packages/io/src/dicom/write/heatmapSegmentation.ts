import { applyAffine, invertAffine, requireKnownKeys } from "@mammo/mammogram";
import { tags } from "../tags.ts";
import { TransferSyntax } from "../transferSyntax.ts";
import { type Elements, element } from "./element.ts";
import { encodeRle } from "./encodeRle.ts";
import { examContext, instanceReference, seriesReferences } from "./examContext.ts";
import { finish } from "./finish.ts";
import { type ReportedImage, type ReportOptions, referenceTo, reportOptionNames } from "./reportedExam.ts";
import { codeItem, codes } from "./sr/code.ts";
import { uidOf } from "./uidOf.ts";

/** Evidence in [0, 1], cell by cell, row-major. */
export interface Heatmap {
  readonly cells: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the standard image from one cell to the next, and to the center of the first. */
  readonly stride: number;
  readonly first: number;
}

/**
 * A heatmap as a fractional Segmentation (PS3.3 A.51) on the very pixels of the stored image: 255 is a cell of evidence 1.
 *
 * Evidence is no calibrated probability, and the segment's description says so. RLE makes the large, flat image small. The same arguments give the same bytes.
 * @throws RangeError for evidence outside [0, 1], for other than rows x columns cells, and what `mammographyCadSr` throws.
 */
export async function heatmapSegmentation(heatmap: Heatmap, image: ReportedImage, options: ReportOptions): Promise<Uint8Array> {
  requireKnownKeys("heatmapSegmentation", options, reportOptionNames);
  const { elements: context, date, time } = examContext([image], options);
  const { rows, columns } = image.standard.source;
  const reference = referenceTo(image);
  const dimension = await uidOf("dimension", reference.sopInstanceUid);
  const elements: Elements = [
    ...context,
    element(tags.ImageType, "CS", "DERIVED\\PRIMARY"),
    element(tags.SOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.66.4"),
    element(tags.ContentDate, "DA", date),
    element(tags.ContentTime, "TM", time),
    element(tags.Modality, "CS", "SEG"),
    element(tags.SeriesDescription, "LO", "Mammography CAD heatmap"),
    element(
      tags.ReferencedSeriesSequence,
      "SQ",
      seriesReferences([reference]).map((series) =>
        series.map((one) => (one.tag === tags.ReferencedSOPSequence ? { ...one, tag: tags.ReferencedInstanceSequence } : one)),
      ),
    ),
    element(tags.DeviceSerialNumber, "LO", "none"),
    element(tags.SeriesNumber, "IS", 9004),
    element(tags.InstanceNumber, "IS", 1),
    element(tags.PatientOrientation, "CS", ""),
    element(tags.DimensionOrganizationSequence, "SQ", [[element(tags.DimensionOrganizationUID, "UI", dimension)]]),
    element(tags.DimensionIndexSequence, "SQ", [
      [
        element(tags.DimensionOrganizationUID, "UI", dimension),
        element(tags.DimensionIndexPointer, "AT", tags.ReferencedSegmentNumber),
        element(tags.FunctionalGroupPointer, "AT", tags.SegmentIdentificationSequence),
      ],
    ]),
    element(tags.SamplesPerPixel, "US", 1),
    element(tags.PhotometricInterpretation, "CS", "MONOCHROME2"),
    element(tags.NumberOfFrames, "IS", 1),
    element(tags.Rows, "US", rows),
    element(tags.Columns, "US", columns),
    element(tags.BitsAllocated, "US", 8),
    element(tags.BitsStored, "US", 8),
    element(tags.HighBit, "US", 7),
    element(tags.PixelRepresentation, "US", 0),
    element(tags.LossyImageCompression, "CS", "00"),
    element(tags.SegmentationType, "CS", "FRACTIONAL"),
    element(tags.SegmentSequence, "SQ", [segment(options)]),
    element(tags.MaximumFractionalValue, "US", 255),
    element(tags.SegmentationFractionalType, "CS", "PROBABILITY"),
    element(tags.ContentLabel, "CS", "CAD_HEATMAP"),
    element(tags.ContentDescription, "LO", "Evidence of a research system. Not a medical device"),
    element(tags.ContentCreatorName, "PN", ""),
    element(tags.SharedFunctionalGroupsSequence, "SQ", [shared(image, reference)]),
    element(tags.PerFrameFunctionalGroupsSequence, "SQ", [
      [element(tags.FrameContentSequence, "SQ", [[element(tags.DimensionIndexValues, "UL", 1)]])],
    ]),
    element(tags.PixelData, "OB", { fragments: [new Uint8Array(0), encodeRle(onSource(heatmap, image), columns)] }),
  ];
  return finish(elements, TransferSyntax.rleLossless);
}

const segment = ({ algorithm }: ReportOptions): Elements => [
  element(tags.SegmentedPropertyCategoryCodeSequence, "SQ", [codeItem(codes.abnormalStructure)]),
  element(tags.SegmentNumber, "US", 1),
  element(tags.SegmentLabel, "LO", "Suspicious lesion"),
  element(tags.SegmentDescription, "ST", "Uncalibrated evidence of malignancy, cell by cell"),
  element(tags.SegmentAlgorithmType, "CS", "AUTOMATIC"),
  element(tags.SegmentAlgorithmName, "LO", algorithm.name),
  element(tags.SegmentedPropertyTypeCodeSequence, "SQ", [codeItem(codes.lesion)]),
];

/** Functional groups of the one frame: where its pixels come from, how large they are, and which segment they show. */
function shared(image: ReportedImage, reference: ReturnType<typeof referenceTo>): Elements {
  const source = [
    ...instanceReference(reference),
    element(tags.SpatialLocationsPreserved, "CS", "YES"),
    element(tags.PurposeOfReferenceCodeSequence, "SQ", [codeItem(codes.sourceOfProcessing)]),
  ];
  return [
    element(tags.DerivationImageSequence, "SQ", [
      [element(tags.SourceImageSequence, "SQ", [source]), element(tags.DerivationCodeSequence, "SQ", [codeItem(codes.segmentation)])],
    ]),
    element(tags.PixelMeasuresSequence, "SQ", [[element(tags.PixelSpacing, "DS", image.standard.source.mmPerPixel)]]),
    element(tags.SegmentIdentificationSequence, "SQ", [[element(tags.ReferencedSegmentNumber, "US", 1)]]),
  ];
}

/** The cell that each pixel of the stored image lies in, 0 outside of the heatmap. */
function onSource({ cells, rows, columns, stride, first }: Heatmap, { standard }: ReportedImage): Uint8Array {
  if (cells.length !== rows * columns) throw new RangeError(`Expected ${rows} x ${columns} cells, got ${cells.length}`);
  if (!(stride > 0)) throw new RangeError(`Expected a stride above 0, got ${stride}`);
  const levels = Uint8Array.from(cells, (value) => {
    if (!(value >= 0 && value <= 1)) throw new RangeError(`Expected evidence in [0, 1], got ${value}`);
    return Math.round(255 * value);
  });
  const { rows: high, columns: wide } = standard.source;
  const toStandard = invertAffine(standard.toSource);
  const cellOf = (place: number): number => Math.round((place - first) / stride);
  const pixels = new Uint8Array(high * wide);
  for (let row = 0; row < high; row++)
    for (let column = 0; column < wide; column++) {
      const [cellRow, cellColumn] = applyAffine(toStandard, [row + 0.5, column + 0.5]).map(cellOf) as [number, number];
      const isInside = cellRow >= 0 && cellRow < rows && cellColumn >= 0 && cellColumn < columns;
      if (isInside) pixels[row * wide + column] = levels[cellRow * columns + cellColumn]!;
    }
  return pixels;
}
