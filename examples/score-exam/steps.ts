// npm run score-exam-steps: what happens in main.ts step by step, for a bundle of one model; scoreExam also places each finding in its file and says what was left out.
import { selectBackend } from "@mammo/backend";
import { buildReport, type Calibrator, calibrate, findingsOfBreast, placeInBreast, type ViewResult } from "@mammo/ensemble";
import { readRegularFile } from "@mammo/files/node";
import { readExam, type StandardImage } from "@mammo/io";
import { type DreamNet, examineView, heatmapPeaks } from "@mammo/models";
import { loadMember } from "@mammo/pipeline";
import { loadBundle } from "@mammo/pipeline/node";
import { jsonOption, program, UsageError } from "../cli/program.ts";

await program(
  {
    usage: "npm run score-exam-steps -- LCC.dcm LMLO.dcm RCC.dcm RMLO.dcm",
    about: "Scores one exam as npm run score-exam does, step by step, to be read.",
    takesFiles: true,
    options: { json: jsonOption },
  },
  async ({ json }, paths) => {
    if (paths.length === 0) throw new UsageError("Expected the DICOM files of one exam; see --help");
    await selectBackend();
    const bundle = await loadBundle("runs/phantom/bundle");
    const model = await loadMember(
      bundle,
      bundle.members.findIndex(({ family }) => family === "dreamNet"),
      { family: "dreamNet" },
    );

    const files = await Promise.all(paths.map((path) => readRegularFile(path)));
    const exam = await readExam(files); // files -> standard images, chest wall left, 0.25 mm a pixel

    const views: ViewResult[] = [];
    for (const image of exam.images) views.push(await examine(image, model, bundle.calibrator));

    const breasts = [views.filter(({ laterality }) => laterality === "L"), views.filter(({ laterality }) => laterality === "R")];
    const findings = breasts.filter((breast) => breast.length > 0).flatMap(findingsOfBreast);
    const report = buildReport({ study: "exam", findings }, bundle.scale); // lesion, breast and exam agree by construction

    console.log(`${json ? "" : `score ${report.score} of 10\n`}${JSON.stringify(report, null, 2)}`);
  },
);

/** One view: its calibrated probability, and the places that it comes from. */
async function examine(image: StandardImage, model: DreamNet, calibrator: Calibrator): Promise<ViewResult> {
  const { logit, heatmap } = await examineView(model, image);
  const peaks = heatmapPeaks(heatmap, { view: image }).map(({ box, logOdds }) => ({
    box,
    logOdds,
    place: placeInBreast(box, image), // pairs a lesion's CC and MLO
  }));
  return { laterality: image.laterality, view: image.view, probability: calibrate(calibrator, logit), peaks };
}
