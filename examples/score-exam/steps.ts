// What happens in main.ts step by step, for a bundle of one model; scoreExam also places each finding in its file and says what was left out.
//   npm run score-exam-steps -- LCC.dcm LMLO.dcm RCC.dcm RMLO.dcm
import { selectBackend } from "@mammo/backend";
import { buildReport, calibrate, findingsOfBreast, placeInBreast, type ViewResult } from "@mammo/ensemble";
import { readRegularFile } from "@mammo/files/node";
import { readExam, type StandardImage } from "@mammo/io";
import { examineView, heatmapPeaks } from "@mammo/models";
import { loadMember } from "@mammo/pipeline";
import { loadBundle } from "@mammo/pipeline/node";
import { failPlainly } from "../cli/failPlainly.ts";

failPlainly(); // an error names no file: names of files may be names of patients
await selectBackend();
const bundle = await loadBundle("runs/phantom/bundle");
const model = await loadMember(bundle, 0);

const files = await Promise.all(process.argv.slice(2).map((path) => readRegularFile(path)));
const exam = await readExam(files); // files -> standard images, chest wall left, 0.25 mm a pixel

const views: ViewResult[] = [];
for (const image of exam.images) views.push(await examine(image));

const breasts = [views.filter(({ laterality }) => laterality === "L"), views.filter(({ laterality }) => laterality === "R")];
const findings = breasts.filter((breast) => breast.length > 0).flatMap(findingsOfBreast);
const report = buildReport({ study: "exam", findings }, bundle.scale); // lesion, breast and exam agree by construction

console.log(`score ${report.score} of 10\n${JSON.stringify(report, null, 2)}`);

/** One view: its calibrated probability, and the places that it comes from. */
async function examine(image: StandardImage): Promise<ViewResult> {
  const { logit, heatmap } = await examineView(model, image);
  const peaks = heatmapPeaks(heatmap, { view: image }).map(({ box, logOdds }) => ({
    box,
    logOdds,
    place: placeInBreast(box, image), // pairs a lesion's CC and MLO
  }));
  return { laterality: image.laterality, view: image.view, probability: calibrate(bundle.calibrator, logit), peaks };
}
