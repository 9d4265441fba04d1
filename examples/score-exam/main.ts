// npm run score-exam: the DICOM files of one exam become 1-10 scores and a report.
import { selectBackend } from "@mammo/backend";
import { readRegularFile } from "@mammo/files/node";
import { readExam } from "@mammo/io";
import { scoreExam } from "@mammo/pipeline";
import { loadBundle } from "@mammo/pipeline/node";
import { jsonOption, program, UsageError } from "../cli/program.ts";

await program(
  {
    usage: "npm run score-exam -- LCC.dcm LMLO.dcm RCC.dcm RMLO.dcm",
    about:
      "Scores one exam with the bundle in runs/phantom: the shortest way from files to a report, to be read. npm run score does all that a user needs.",
    takesFiles: true,
    options: { json: jsonOption },
  },
  async ({ json }, paths) => {
    if (paths.length === 0) throw new UsageError("Expected the DICOM files of one exam; see --help");
    await selectBackend(); // the application's choice, not the library's
    const bundle = await loadBundle("runs/phantom/bundle"); // what `npm run dream` wrote: weights, calibrator, 1-10 scale

    const files = await Promise.all(paths.map((path) => readRegularFile(path)));
    const exam = await readExam(files); // files -> standard images, chest wall left, 0.25 mm a pixel
    const { report } = await scoreExam(exam, bundle); // steps.ts beside this file shows what happens in it

    console.log(`${json ? "" : `score ${report.score} of 10\n`}${JSON.stringify(report, null, 2)}`);
  },
);
