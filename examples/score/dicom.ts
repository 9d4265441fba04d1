import { join } from "node:path";
import { parseDicom } from "@mammo/io";
import { heatmapSegmentation, mammographyCadSr, presentationStates, type ReportOptions, secondaryCapture } from "@mammo/io/write";
import { writeWhole } from "../shared/files.ts";
import { heatOf } from "../shared/heat.ts";
import { readBytes } from "../shared/readBytes.ts";
import type { Look, PlacedReport } from "./look.ts";

/**
 * One exam as DICOM objects of its own study: the report (CAD SR), a page to look at (Secondary Capture), the boxes over each image (presentation states) and its heatmap (Segmentation).
 *
 * The objects name the patient as the images do; the files' names do not. The source files are read again, since only the standard images are kept while scoring.
 */
export async function writeDicom(folder: string, report: PlacedReport, looks: readonly Look[], options: ReportOptions): Promise<void> {
  const images = [];
  for (const { path, file: name, image: standard } of looks) images.push({ name, standard, file: await parseDicom(await readBytes(path)) });
  await writeWhole(join(folder, "report.dcm"), await mammographyCadSr(report, images, options));
  await writeWhole(join(folder, "summary.dcm"), await secondaryCapture(report, images, options));
  const states = await presentationStates(report, images, options);
  for (const [index, state] of states.entries()) await writeWhole(join(folder, `boxes-${index + 1}.dcm`), state);
  for (const [index, image] of images.entries())
    await writeWhole(join(folder, `heatmap-${index + 1}.dcm`), await heatmapSegmentation(heatOf(looks[index]!.examination.heatmap), image, options));
}

/** The clock on the wall, as a report's date and time: 2026-03-01T12:30:00. */
export const localTime = (now: Date): string => new Date(now.getTime() - 60_000 * now.getTimezoneOffset()).toISOString().slice(0, 19);
