// The DICOM files of one exam become 1-10 scores and a report.
//   npm run score-exam -- LCC.dcm LMLO.dcm RCC.dcm RMLO.dcm
import { readFile } from "node:fs/promises";
import { buildReport, calibrate, findingsOfBreast, nippleDistance, type ViewResult } from "@mammo/ensemble";
import { readExam, type StandardImage } from "@mammo/io";
import { examineView, heatmapPeaks } from "@mammo/models";
import { loadBundle } from "../shared/bundle.ts"; // backend, weights, calibrator: the application's choice, not the library's

const { model, calibrator, scale } = await loadBundle("runs/phantom/bundle");

const files = await Promise.all(process.argv.slice(2).map((path) => readFile(path)));
const exam = await readExam(files); // files -> standard images, chest wall left, 0.25 mm a pixel

const views: ViewResult[] = [];
for (const image of exam.images) views.push(await look(image));

const breasts = [views.filter(({ laterality }) => laterality === "L"), views.filter(({ laterality }) => laterality === "R")];
const findings = breasts.filter((breast) => breast.length > 0).flatMap(findingsOfBreast);
const report = buildReport({ study: "exam", findings }, scale); // lesion, breast and exam agree by construction

console.log(`score ${report.score} of 10\n${JSON.stringify(report, null, 2)}`);

/** One view: its calibrated probability, and the places that it comes from. */
async function look(image: StandardImage): Promise<ViewResult> {
  const { logit, heatmap } = await examineView(model, image);
  const peaks = heatmapPeaks(heatmap, { classes: [3, 4], view: image }).map(({ box, evidence }) => ({
    box,
    evidence,
    nippleDistance: nippleDistance(box, image), // pairs a lesion's CC and MLO
  }));
  return { laterality: image.laterality, view: image.view, probability: calibrate(calibrator, logit), peaks };
}
