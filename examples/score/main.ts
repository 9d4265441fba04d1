// npm run score: files, folders or DICOMDIRs with one or more exams -> 1-10 scores per finding, breast and exam, as JSON, as a page to look at, and as DICOM.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { claimFolder, writeFileAtomically } from "@mammo/files/node";
import { pageFoot, scoreCohort, scoredExamHtml, scorePageHead } from "@mammo/pipeline";
import { algorithmOf, chooseExams, dicomObjects, loadBundle, readExams } from "@mammo/pipeline/node";
import { type OutputText, outputText } from "../cli/outputText.ts";
import { program, UsageError } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";

await program(
  {
    usage: "npm run score -- FILES, FOLDERS OR DICOMDIRS... [--weights DIR] [--html FILE] [--dicom DIR] [--out FILE]",
    about: "Scores the mammography exams in DICOM files, folders and DICOMDIRs: JSON on stdout, or to --out.",
    takesFiles: true,
    options: {
      weights: { kind: "text", default: "runs/phantom/bundle", help: "the bundle that npm run dream wrote" },
      html: { kind: "text", help: "also a page with the views, their heatmaps and findings" },
      dicom: { kind: "text", help: "new or empty folder: also DICOM files for an archive: CAD SR, summary page, boxes and heatmap of each image" },
      out: { kind: "text", help: "the JSON's file; stdout without it" },
    },
  },
  async (values, paths) => {
    if (paths.length === 0) throw new UsageError("Expected at least one DICOM file or folder; see --help");
    if (new Set(paths).size < paths.length) throw new UsageError("Expected each file once, got one of them twice");
    const bundle = await loadBundle(values.weights);
    const exams = await chooseExams(paths);
    // Another exam's heatmap beside this report would pass for this woman's.
    const claimed = values.dicom ? await claimFolder(values.dicom, { program: "score", isOwn: isObject }) : undefined;
    await selectBackend();
    const { schema, scale, readFile, ...weights } = bundle;
    const total = exams.reduce((sum, { files }) => sum + files.length, 0);
    const shown = progress("score", total);
    let done = 0;
    // Exam by exam into files: memory does not grow with the cohort.
    const json = await outputText(values.out);
    let page: OutputText | undefined;
    try {
      if (values.html !== undefined) page = await outputText(values.html);
      await json.write('{"exams":[');
      await page?.write(scorePageHead(weights.trainedOn));
      let number = 0;
      for await (const scored of scoreCohort(readExams(exams), bundle)) {
        await json.write(`${number++ === 0 ? "" : ","}\n${JSON.stringify(scored.report)}`);
        await page?.write(scoredExamHtml(scored, number));
        if (values.dicom)
          for await (const { name, bytes } of dicomObjects(scored, scored.exam.files, { at: localTime(new Date()), algorithm: algorithmOf(bundle) }))
            await writeFileAtomically(join(values.dicom, `exam-${number}`, name), bytes);
        shown.update((done += scored.views.length));
      }
      await json.write(`],\n"weights":${JSON.stringify(weights)},\n"notice":"Not a medical device. For research only."}\n`);
      await json.commit();
      await page?.write(pageFoot);
      await page?.commit();
      await claimed?.finish();
    } finally {
      await claimed?.release();
      await json.discard();
      await page?.discard();
    }
    shown.end(`${total} images`);
  },
);

/** The files of --dicom. */
const isObject = (path: string): boolean => /^exam-\d+\/(report|summary|(boxes|heatmap)-\d+)\.dcm$/.test(path);

/** The clock on the wall, as a report's date and time: 2026-03-01T12:30:00. */
function localTime(now: Date): string {
  return new Date(now.getTime() - 60_000 * now.getTimezoneOffset()).toISOString().slice(0, 19);
}
