import { code } from "../parse/values.ts";
import { type Element, element } from "./element.ts";
import { examContext, instanceReference } from "./examContext.ts";
import { finish } from "./finish.ts";
import { examPicture } from "./page/examPage.ts";
import type { ReportedExam, ReportedImage, ReportOptions } from "./reportedExam.ts";

/**
 * One page that sums an exam up, as a Secondary Capture Image (PS3.3 A.8.1): true colour, eight bits, in the study of its images.
 *
 * Burned In Annotation (0028,0301) speaks of what identifies a patient: NO where all images say NO, YES where one says YES, absent where one is silent.
 * The same arguments give the same bytes. Throws what `mammographyCadSr` throws.
 */
export async function secondaryCapture(exam: ReportedExam, images: readonly ReportedImage[], options: ReportOptions): Promise<Uint8Array> {
  const context = examContext(images, options);
  const sides = [...new Set(images.map(({ standard }) => standard.laterality))];
  const page = examPicture(exam, images, options);
  return finish([
    ...context.elements,
    element(0x0008_0008, "CS", "DERIVED\\SECONDARY\\OTHER"),
    element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7"),
    element(0x0008_0023, "DA", context.date),
    element(0x0008_0033, "TM", context.time),
    element(0x0008_0060, "CS", "OT"),
    element(0x0008_0064, "CS", "SYN"),
    element(0x0008_103e, "LO", "Mammography CAD summary"),
    element(0x0008_2112, "SQ", context.references.map(instanceReference)),
    element(0x0020_0011, "IS", 9002),
    element(0x0020_0013, "IS", 1),
    element(0x0020_0020, "CS", ""),
    element(0x0020_0062, "CS", sides.length === 1 ? sides[0]! : "B"),
    element(0x0028_0002, "US", 3),
    element(0x0028_0004, "CS", "RGB"),
    element(0x0028_0006, "US", 0),
    element(0x0028_0010, "US", page.rows),
    element(0x0028_0011, "US", page.columns),
    element(0x0028_0100, "US", 8),
    element(0x0028_0101, "US", 8),
    element(0x0028_0102, "US", 7),
    element(0x0028_0103, "US", 0),
    ...burnedIn(images),
    element(0x0028_2110, "CS", "00"),
    element(0x7fe0_0010, "OB", page.pixels),
  ]);
}

function burnedIn(images: readonly ReportedImage[]): readonly Element[] {
  const stated = images.map(({ file }) => code(file.dataSet, 0x0028_0301));
  if (stated.includes("YES")) return [element(0x0028_0301, "CS", "YES")];
  return stated.every((value) => value === "NO") ? [element(0x0028_0301, "CS", "NO")] : [];
}
