// npm run predict: a bundle on all exams of a cohort, labels or none: tables for npm run evaluate.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { json } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import { type CohortLayout, cohortReaders } from "@mammo/io/node";
import { bundleFileName, PipelineError } from "@mammo/pipeline";
import { describeBackend, loadBundle, predictCohort, readVersions } from "@mammo/pipeline/node";
import { withoutLibraryOptions } from "../cli/leftOut.ts";
import { openRun } from "../cli/openRun.ts";
import { printer } from "../cli/printer.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { imagesOption, readCohort, tableColumns } from "../cli/readCohort.ts";
import { threadsOption, withReader } from "../cli/readerThreads.ts";
import { readingOptions, sourceMmPerPixel } from "../cli/readingOptions.ts";
import { runnerOption, runnersOf } from "../cli/runners.ts";

await program(
  {
    usage: "npm run predict -- --bundle DIR --cohort LAYOUT --data PATH [--out DIR] [options]",
    about:
      "Scores every exam of a cohort: predictions_images.tsv, predictions.tsv (breasts), predictions_exams.tsv, findings.tsv, exams.tsv (what is known of each), and labels.tsv where the cohort knows labels; npm run evaluate and npm run programme take them.",
    details: tableColumns,
    options: {
      bundle: { kind: "text", default: "runs/phantom/bundle", help: "the trained members, as npm run dream writes them" },
      cohort: { kind: "text", choices: Object.keys(cohortReaders), default: "dream", help: "the layout of the folder, or of the CSV file for table" },
      images: imagesOption,
      data: { kind: "text", help: "folder of the cohort, or the CSV file for table" },
      out: { kind: "text", help: "folder of the tables (default runs/predict-COHORT)" },
      "any-sop-class": readingOptions["any-sop-class"],
      "mm-per-pixel": sourceMmPerPixel,
      runner: runnerOption,
      threads: threadsOption,
      skip: { kind: "flag", help: "go on without images that cannot be read: not-read.tsv lists them, and the exit code is 1" },
      json: jsonOption,
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    if (!values.data) throw new UsageError("Expected --data PATH, the cohort's folder or table; see --help");
    const bundle = await loadBundle(values.bundle);
    const bundleSha256 = sha256(await bundle.readFile(bundleFileName));
    const folder = values.out ?? join("runs", `predict-${values.cohort}`);
    const mm = values["mm-per-pixel"];
    const reading = { ...(values["any-sop-class"] && { anySopClass: true }), ...(mm && { sourceMmPerPixel: [mm, mm] as const }) };
    const options = {
      recipe: "predict",
      cohort: values.cohort,
      bundle: bundleSha256,
      skip: values.skip,
      runner: values.runner,
      standardization: standardizationVersion,
      ...reading,
    };
    const { recordCohort, release } = await openRun(folder, options, values);
    try {
      const cohort = await readCohort(values.cohort as CohortLayout, values.data, values);
      await recordCohort(cohort.sha256);
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const images = cohort.images.length;
      const running = await runnersOf(values.runner, images);
      const found = await withReader(values.threads, images, (reader) =>
        withProgress(predictCohort(cohort, bundle, { folder, skipUnreadable: values.skip, reading, reader, ...running.options })),
      );
      const versions = readVersions(backend);
      const provenance = { ...versions, backend: running.computedOn(versions.backend), inputs: { cohort: cohort.sha256, bundle: bundleSha256 } };
      const seconds = (performance.now() - begun) / 1000;
      const summary = { ...found, standardization: standardizationVersion, provenance, seconds };
      await writeFileAtomically(join(folder, "summary.json"), json(summary));
      const print = printer(values.json);
      print.give(summary);
      print.say(
        `${found.exams} exams, ${found.images} images, ${found.findings} findings${found.notRead > 0 ? `; ${found.notRead} images could not be read: not-read.tsv` : ""}\n` +
          `wrote ${join(folder, "predictions.tsv")}, predictions_images.tsv, predictions_exams.tsv, findings.tsv, exams.tsv, labels.tsv and summary.json (${Math.round(seconds)} s)\n`,
      );
      for (const [code, count] of Object.entries(found.whyNotRead))
        process.stderr.write(
          `not read: ${count === 1 ? "1 image" : `${count} images`} [${code}]${code === "not-mammography" ? "; read by --any-sop-class" : ""}\n`,
        );
      if (found.notRead > 0) process.exitCode = 1;
    } catch (error) {
      throw withOption(error);
    } finally {
      await release();
    }
  },
);

/** The same error, with the option that would have read the image where there is one. */
function withOption(error: unknown): unknown {
  if (!(error instanceof PipelineError)) return error;
  const { code, message } = error;
  const isUnscaled = code === "missing-attribute" && message.includes("Spacing");
  const option = code === "not-mammography" ? "--any-sop-class" : isUnscaled ? "--mm-per-pixel N" : undefined;
  return option === undefined ? error : new PipelineError(code, `${withoutLibraryOptions(message)}; read by ${option}`, { cause: error });
}
