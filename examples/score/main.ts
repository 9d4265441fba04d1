// npm run score: files, folders or DICOMDIRs with one or more exams -> 1-10 scores per finding, breast and exam, as JSON, as a page to look at, and as DICOM.
import { selectBackend } from "@mammo/backend";
import { PipelineError, parseAlignments, scoreCohort, scoreNotice } from "@mammo/pipeline";
import { chooseExams, loadBundle, readExams, readVersions, type WomenInTime, womenInTime } from "@mammo/pipeline/node";
import type { StoreCounts } from "../cli/dicomStore.ts";
import { countFiles, leftOutFiles } from "../cli/leftOut.ts";
import { filesFrom, namedPaths } from "../cli/namedPaths.ts";
import { program } from "../cli/program.ts";
import { progress } from "../cli/progress.ts";
import { threadsOption, withReader } from "../cli/readerThreads.ts";
import { describeReading, readingOptions, readingRules, sourceMmPerPixel } from "../cli/readingOptions.ts";
import { runnerOption, runnersOf } from "../cli/runners.ts";
import { openOutputs } from "./outputs.ts";
import { readSite, siteOf } from "./site.ts";

await program(
  {
    usage:
      "npm run score -- FILES, FOLDERS OR DICOMDIRS... [--weights DIR] [--html FILE] [--dicom DIR] [--store URL] [--map FILE] [--out FILE] [options]",
    about: `Scores the mammography exams in DICOM files, folders and DICOMDIRs: JSON on stdout, or to --out.
What is in no score is told on stderr, in the JSON and on the page, by content and count; NAME.left-out.tsv beside the results NAME.json (or NAME.html) has the files' names.
Ends with 1 where a mammogram cannot be read or nothing is scored; the others are scored all the same.`,
    takesFiles: true,
    options: {
      weights: { kind: "text", default: "runs/phantom/bundle", help: "the bundle that npm run dream wrote" },
      html: { kind: "text", help: "also a page with the views, their heatmaps and findings" },
      dicom: { kind: "text", help: "new or empty folder: also DICOM files for an archive: CAD SR, summary page, boxes and heatmap of each image" },
      store: { kind: "text", help: "URL of a DICOMweb service: also sends it each exam's DICOM files (STOW-RS)" },
      authorization: { kind: "text", help: "file with the Authorization header that the service asks for, such as: Bearer TOKEN" },
      site: { kind: "text", help: "site.json of npm run site with this bundle: exams of its devices are aligned before they are scored" },
      map: { kind: "text", help: "also a table of which file and study is which exam, image and view; it holds the files' names" },
      out: { kind: "text", help: "the JSON's file; stdout without it" },
      "files-from": filesFrom,
      strict: { kind: "flag", help: "ends with 1 also where any other DICOM file is in no score, repetitions apart" },
      "mm-per-pixel": sourceMmPerPixel,
      runner: runnerOption,
      threads: threadsOption,
      ...readingOptions,
    },
  },
  async (values, named) => {
    const paths = await namedPaths(named, values["files-from"]);
    const rules = await readingRules({ ...values, sourceMmPerPixel: values["mm-per-pixel"] });
    const bundle = await loadBundle(values.weights);
    const site = values.site === undefined ? undefined : siteOf(parseAlignments(await readSite(values.site), bundle), bundle);
    const left = leftOutFiles();
    const beside = values.out ?? values.html;
    let time: WomenInTime | undefined;
    const outputs = await openOutputs(values, bundle, { daysBetween: (earlier, later) => time?.daysBetween(earlier, later) });
    try {
      process.stderr.write(`${scoreNotice(bundle)}\n`);
      time = await womenInTime(await chooseExams(paths, { ...left.options, ...rules }));
      const { exams } = time;
      const versions = readVersions(await selectBackend());
      const images = exams.reduce((sum, { files }) => sum + files.length, 0);
      const running = await runnersOf(values.runner, images);
      const shown = progress("score", images);
      let done = 0;
      await withReader(values.threads, images, async (reader) => {
        for await (const scored of scoreCohort(readExams(exams, { ...left.options, reader }), bundle, running.options)) {
          await outputs.add(site ? site.aligned(scored) : scored);
          shown.update((done += scored.views.length));
        }
      });
      if (done === 0) {
        const unread = countFiles(left.unreadable().length);
        throw new PipelineError("no-mammogram", `Expected at least one mammogram that can be scored, got none: ${unread} cannot be read`);
      }
      await outputs.commit({ left, reading: describeReading(rules), versions: { ...versions, backend: running.computedOn(versions.backend) } });
      site?.tell();
      shown.end(done === 1 ? "1 image" : `${done} images`);
    } finally {
      await outputs.discard();
      // Also where nothing was scored: it tells why.
      left.tell();
      if (beside !== undefined) await left.write(beside);
    }
    const [unread, all, stored] = [left.unreadable().length, left.dicomFiles(), outputs.stored()];
    const where = beside === undefined ? "--out also names them, in a table beside it" : "the table .left-out.tsv beside the results names them";
    if (stored) tellStored(stored);
    const lacking = outputs.withoutDicom();
    if (lacking > 0)
      tell(
        "missing-attribute",
        `Expected images that name their study, series and instance for DICOM results, got ${lacking === 1 ? "1 study" : `${lacking} studies`} of others`,
      );
    if (unread > 0) tell("unreadable", `Expected to read all files, got ${unread} that cannot be read and are in no score; ${where}`);
    else if (values.strict && all > 0) tell("left-out", `Expected all DICOM files to be scored, got ${countFiles(all)} left out; ${where}`);
  },
);

/** One line, as for a failure: what was scored is there all the same. */
function tell(code: string, message: string): void {
  process.stderr.write(`error [${code}]: ${message}\n`);
  process.exitCode = 1;
}

function tellStored({ stored, refused, notSent, reasons }: StoreCounts): void {
  process.stderr.write(`stored: ${countFiles(stored)}\n`);
  if (refused + notSent === 0) return;
  tell(
    "store",
    `Expected the service to store all DICOM files, got ${refused} refused and ${notSent} not sent [${reasons.join(", ")}]${reasons.includes("unauthorized") ? "; see --authorization" : ""}`,
  );
}
