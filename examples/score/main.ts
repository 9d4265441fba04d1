// npm run score: files, folders or DICOMDIRs with one or more exams -> 1-10 scores per finding, breast and exam, as JSON, as a page to look at, and as DICOM.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { formatDelimited, jsonLine } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import { bundleFileName, scoreCohort, scoredExamHtml, scorePageFoot, scorePageHead, unreadHtml } from "@mammo/pipeline";
import { algorithmOf, chooseExams, dicomObjects, loadBundle, readExams, readVersions, type UnreadableFile } from "@mammo/pipeline/node";
import { namedByContent, tellNotRead } from "../cli/notRead.ts";
import { outputFolder } from "../cli/outputFolder.ts";
import { type OutputText, outputText } from "../cli/outputText.ts";
import { program, UsageError } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";

await program(
  {
    usage: "npm run score -- FILES, FOLDERS OR DICOMDIRS... [--weights DIR] [--html FILE] [--dicom DIR] [--files FILE] [--out FILE]",
    about:
      "Scores the mammography exams in DICOM files, folders and DICOMDIRs: JSON on stdout, or to --out. A file that cannot be read is listed, the others are scored, and the exit code is 1.",
    takesFiles: true,
    options: {
      weights: { kind: "text", default: "runs/phantom/bundle", help: "the bundle that npm run dream wrote" },
      html: { kind: "text", help: "also a page with the views, their heatmaps and findings" },
      dicom: { kind: "text", help: "new or empty folder: also DICOM files for an archive: CAD SR, summary page, boxes and heatmap of each image" },
      files: { kind: "text", help: "also a table of which file is which image of which exam; it holds the files' names" },
      out: { kind: "text", help: "the JSON's file; stdout without it. Names of files that were not read go to NAME.not-read.tsv beside NAME.json" },
    },
  },
  async (values, paths) => {
    if (paths.length === 0) throw new UsageError("Expected at least one DICOM file or folder; see --help");
    if (new Set(paths).size < paths.length) throw new UsageError("Expected each file once, got one of them twice");
    const bundle = await loadBundle(values.weights);
    const { schema, scale, readFile, ...weights } = bundle;
    const bundleSha256 = sha256(await readFile(bundleFileName));
    const unread: UnreadableFile[] = [];
    const options = { onUnreadable: (file: UnreadableFile) => void unread.push(file) };
    // Another exam's heatmap beside this report would pass for this woman's.
    const dicom = values.dicom === undefined ? undefined : await outputFolder(values.dicom, { program: "score", isOwn: isObject });
    let json: OutputText | undefined;
    let page: OutputText | undefined;
    try {
      const exams = await chooseExams(paths, options);
      const versions = readVersions(await selectBackend());
      const total = exams.reduce((sum, { files }) => sum + files.length, 0);
      const shown = progress("score", total);
      let [number, done] = [0, 0];
      const rows: (readonly string[])[] = [["exam", "image", "file", "sha256"]];
      // Exam by exam into files: memory does not grow with the cohort.
      json = await outputText(values.out);
      if (values.html !== undefined) page = await outputText(values.html);
      await page?.write(scorePageHead(weights.trainedOn));
      for await (const scored of scoreCohort(readExams(exams, options), bundle)) {
        await json.write(`${number++ === 0 ? '{"exams":[' : ","}\n${jsonLine(scored.report)}`);
        await page?.write(scoredExamHtml(scored, number));
        if (dicom)
          for await (const { name, bytes } of dicomObjects(scored, scored.exam.files, { at: localTime(new Date()), algorithm: algorithmOf(bundle) }))
            await dicom.write(join(`exam-${number}`, name), bytes);
        for (const [image, { path, sha256 }] of scored.exam.sources.entries()) rows.push([String(number), String(image + 1), path, sha256]);
        shown.update((done += scored.views.length));
      }
      if (number === 0) throw unread[0]!.error;
      const unreadable = namedByContent(unread);
      await json.write(
        `],\n"unreadable":${jsonLine(unreadable)},\n"weights":${jsonLine({ bundleSha256, ...weights })},\n"scored":${jsonLine(versions)},\n"notice":"Not a medical device. For research only."}\n`,
      );
      await page?.write(unreadHtml(unreadable) + scorePageFoot({ bundle, bundleSha256, scored: versions }));
      // The DICOM files first: a JSON that is there speaks of what is there.
      await dicom?.commit();
      await page?.commit();
      if (values.files !== undefined) await writeFileAtomically(values.files, formatDelimited(rows, { separator: "\t" }));
      await json.commit();
      shown.end(`${done} images`);
    } finally {
      await dicom?.discard();
      await json?.discard();
      await page?.discard();
    }
    await tellNotRead(unread, values.out);
  },
);

/** The files of --dicom. */
function isObject(path: string): boolean {
  return /^exam-\d+\/(report|summary|(boxes|heatmap)-\d+)\.dcm$/.test(path);
}

/** The clock on the wall, as a report's date and time: 2026-03-01T12:30:00. */
function localTime(now: Date): string {
  return new Date(now.getTime() - 60_000 * now.getTimezoneOffset()).toISOString().slice(0, 19);
}
