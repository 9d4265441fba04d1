// The DICOM files of one exam become 1-10 scores and a report.
//   npm run score-exam -- LCC.dcm LMLO.dcm RCC.dcm RMLO.dcm
import { selectBackend } from "@mammo/backend";
import { readRegularFile } from "@mammo/files/node";
import { readExam } from "@mammo/io";
import { scoreExam } from "@mammo/pipeline";
import { loadBundle } from "@mammo/pipeline/node";
import { failPlainly } from "../cli/failPlainly.ts";

failPlainly(); // an error names no file: names of files may be names of patients
await selectBackend(); // the application's choice, not the library's
const bundle = await loadBundle("runs/phantom/bundle"); // what `npm run dream` wrote: weights, calibrator, 1-10 scale

const files = await Promise.all(process.argv.slice(2).map((path) => readRegularFile(path)));
const exam = await readExam(files); // files -> standard images, chest wall left, 0.25 mm a pixel
const { report } = await scoreExam(exam, bundle); // steps.ts beside this file shows what happens in it

console.log(`score ${report.score} of 10\n${JSON.stringify(report, null, 2)}`);
