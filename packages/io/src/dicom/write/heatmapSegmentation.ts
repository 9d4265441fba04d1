import { TransferSyntax } from "../transferSyntax.ts";
import { applyAffine, invertAffine } from "../../image/standardize/affine.ts";
import { type Elements, element } from "./element.ts";
import { encodeRle } from "./encodeRle.ts";
import { examContext, instanceReference, seriesReferences } from "./examContext.ts";
import { finish } from "./finish.ts";
import { type ReportedImage, type ReportOptions, referenceTo } from "./reportedExam.ts";
import { codeItem, codes } from "./sr/code.ts";
import { uidOf } from "./uidOf.ts";

/** Evidence in [0, 1], cell by cell, row-major. */
export interface Heatmap {
  readonly cells: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the standard image from one cell to the next, and to the centre of the first. */
  readonly stride: number;
  readonly first: number;
}

/**
 * A heatmap as a fractional Segmentation (PS3.3 A.51) on the very pixels of the stored image: 255 is a cell of evidence 1.
 *
 * Evidence is no calibrated probability, and the segment's description says so. RLE makes the large, flat picture small. The same arguments give the same bytes.
 * Throws RangeError for evidence outside [0, 1], for other than rows x columns cells, and what `mammographyCadSr` throws.
 */
export async function heatmapSegmentation(heatmap: Heatmap, image: ReportedImage, options: ReportOptions): Promise<Uint8Array> {
  const { elements: context, date, time } = examContext([image], options);
  const { rows, columns } = image.standard.source;
  const reference = referenceTo(image);
  const dimension = await uidOf("dimension", reference.sopInstanceUid);
  const elements: Elements = [
    ...context,
    element(0x0008_0008, "CS", "DERIVED\\PRIMARY"),
    element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.66.4"),
    element(0x0008_0023, "DA", date),
    element(0x0008_0033, "TM", time),
    element(0x0008_0060, "CS", "SEG"),
    element(0x0008_103e, "LO", "Mammography CAD heatmap"),
    element(
      0x0008_1115,
      "SQ",
      seriesReferences([reference]).map((series) => series.map((one) => (one.tag === 0x0008_1199 ? { ...one, tag: 0x0008_114a } : one))),
    ),
    element(0x0018_1000, "LO", "none"),
    element(0x0020_0011, "IS", 9004),
    element(0x0020_0013, "IS", 1),
    element(0x0020_0020, "CS", ""),
    element(0x0020_9221, "SQ", [[element(0x0020_9164, "UI", dimension)]]),
    element(0x0020_9222, "SQ", [
      [element(0x0020_9164, "UI", dimension), element(0x0020_9165, "AT", 0x0062_000b), element(0x0020_9167, "AT", 0x0062_000a)],
    ]),
    element(0x0028_0002, "US", 1),
    element(0x0028_0004, "CS", "MONOCHROME2"),
    element(0x0028_0008, "IS", 1),
    element(0x0028_0010, "US", rows),
    element(0x0028_0011, "US", columns),
    element(0x0028_0100, "US", 8),
    element(0x0028_0101, "US", 8),
    element(0x0028_0102, "US", 7),
    element(0x0028_0103, "US", 0),
    element(0x0028_2110, "CS", "00"),
    element(0x0062_0001, "CS", "FRACTIONAL"),
    element(0x0062_0002, "SQ", [segment(options)]),
    element(0x0062_000e, "US", 255),
    element(0x0062_0010, "CS", "PROBABILITY"),
    element(0x0070_0080, "CS", "CAD_HEATMAP"),
    element(0x0070_0081, "LO", "Evidence of a research system. Not a medical device"),
    element(0x0070_0084, "PN", ""),
    element(0x5200_9229, "SQ", [shared(image, reference)]),
    element(0x5200_9230, "SQ", [[element(0x0020_9111, "SQ", [[element(0x0020_9157, "UL", 1)]])]]),
    element(0x7fe0_0010, "OB", { fragments: [new Uint8Array(0), encodeRle(onSource(heatmap, image), columns)] }),
  ];
  return finish(elements, TransferSyntax.rleLossless);
}

const segment = ({ algorithm }: ReportOptions): Elements => [
  element(0x0062_0003, "SQ", [codeItem(codes.abnormalStructure)]),
  element(0x0062_0004, "US", 1),
  element(0x0062_0005, "LO", "Suspicious lesion"),
  element(0x0062_0006, "ST", "Uncalibrated evidence of malignancy, cell by cell"),
  element(0x0062_0008, "CS", "AUTOMATIC"),
  element(0x0062_0009, "LO", algorithm.name),
  element(0x0062_000f, "SQ", [codeItem(codes.lesion)]),
];

/** Functional groups of the one frame: where its pixels come from, how large they are, and which segment they show. */
function shared(image: ReportedImage, reference: ReturnType<typeof referenceTo>): Elements {
  const source = [
    ...instanceReference(reference),
    element(0x0028_135a, "CS", "YES"),
    element(0x0040_a170, "SQ", [codeItem(codes.sourceOfProcessing)]),
  ];
  return [
    element(0x0008_9124, "SQ", [[element(0x0008_2112, "SQ", [source]), element(0x0008_9215, "SQ", [codeItem(codes.segmentation)])]]),
    element(0x0028_9110, "SQ", [[element(0x0028_0030, "DS", image.standard.source.mmPerPixel)]]),
    element(0x0062_000a, "SQ", [[element(0x0062_000b, "US", 1)]]),
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
