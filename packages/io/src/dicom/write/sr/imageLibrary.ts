import { readView } from "../../header/view.ts";
import { texts } from "../../parse/values.ts";
import { tags } from "../../tags.ts";
import { isDate, isTime } from "../dates.ts";
import { type ReportedImage, referenceTo } from "../reportedExam.ts";
import { codes } from "./code.ts";
import { codedView } from "./codedView.ts";
import { codeContent, dateContent, imageContent, numberContent, type Related, textContent, timeContent } from "./contentItem.ts";

/** CAD Image Library Entry (TID 4020): the image with how it was taken. */
export function imageEntry(image: ReportedImage): Related {
  const { standard, file } = image;
  const { view, modifiers } = codedView(standard.view, readView(file.dataSet).modifiers);
  const [row, column] = texts(file.dataSet, tags.PatientOrientation);
  const [mmBetweenRows, mmBetweenColumns] = standard.source.mmPerPixel;
  const orientation = (value: string | undefined): string | undefined => (value && /^[A-Z]{1,3}$/.test(value) ? value : undefined);
  const [date] = texts(file.dataSet, tags.StudyDate);
  const [time] = texts(file.dataSet, tags.StudyTime);
  const context: (Related | undefined)[] = [
    ["HAS ACQ CONTEXT", codeContent(codes.imageLaterality, standard.laterality === "L" ? codes.leftBreast : codes.rightBreast)],
    [
      "HAS ACQ CONTEXT",
      codeContent(
        codes.imageView,
        view,
        modifiers.map((modifier) => ["HAS CONCEPT MOD", codeContent(codes.imageViewModifier, modifier)]),
      ),
    ],
    orientation(row) ? ["HAS ACQ CONTEXT", textContent(codes.patientOrientationRow, orientation(row)!)] : undefined,
    orientation(column) ? ["HAS ACQ CONTEXT", textContent(codes.patientOrientationColumn, orientation(column)!)] : undefined,
    date && isDate(date) ? ["HAS ACQ CONTEXT", dateContent(codes.studyDate, date)] : undefined,
    time && isTime(time) ? ["HAS ACQ CONTEXT", timeContent(codes.studyTime, time)] : undefined,
    ["HAS ACQ CONTEXT", numberContent(codes.horizontalPixelSpacing, mmBetweenColumns, codes.millimeter)],
    ["HAS ACQ CONTEXT", numberContent(codes.verticalPixelSpacing, mmBetweenRows, codes.millimeter)],
  ];
  return [
    "CONTAINS",
    imageContent(
      referenceTo(image),
      context.filter((one) => one !== undefined),
    ),
  ];
}
