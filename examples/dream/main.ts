// npm run dream: the staged recipe of the DREAM challenge's winner, from DICOM files to trained weights, calibrated predictions and a score.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import { type Cohort, readDreamCohort, readMiasCohort, requireTwoClasses } from "@mammo/io/node";
import {
  checkSanity,
  describeBackend,
  metricsTable,
  openRunFolder,
  phantomCohort,
  prepareDream,
  type RunFolder,
  readProvenance,
  type StageName,
  stageNames,
  stageTable,
  testDream,
  trainDream,
  trainingConfig,
} from "@mammo/pipeline/node";
import { type Threshold, threshold, thresholdLine } from "@mammo/testing/threshold";
import { program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";

const readers: Readonly<Record<string, (folder: string) => Promise<Cohort>>> = { dream: readDreamCohort, mias: readMiasCohort };

await program(
  {
    usage: "npm run dream -- [--cohort phantom|dream|mias] [--data DIR] [--out DIR] [options]",
    about: "Trains DetectorNet and DreamNet in the documented stages S1-S4, calibrates, and scores women that no stage has seen.",
    options: {
      cohort: { kind: "text", choices: ["phantom", ...Object.keys(readers)], default: "phantom", help: "where the exams come from" },
      data: { kind: "text", help: "folder of the cohort (dream: the challenge's layout; mias: mini-MIAS)" },
      out: { kind: "text", help: "folder of all that the run writes (default runs/COHORT, with -quick or -sanity behind it)" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31 - 1], integer: true, help: "of the cohort, the split, the weights and the batches" },
      width: { kind: "number", default: 0.125, range: [0.03125, 1], help: "factor on every channel count" },
      quick: { kind: "flag", help: "a small cohort and few steps: to see it run, not to see it learn" },
      women: { kind: "number", range: [12, 100000], integer: true, help: "of the phantom cohort" },
      effort: { kind: "number", default: 1, range: [0.001, 1e6], help: "factor on the steps of every stage" },
      stage: { kind: "text", choices: stageNames, default: "S4", help: "the last stage to run" },
      sanity: { kind: "flag", help: "instead: labels shuffled, and nets untrained; both must stay near 0.5" },
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    const { seed, width, sanity } = values;
    const folder = values.out ?? join("runs", `${values.cohort}${values.quick ? "-quick" : ""}${sanity ? "-sanity" : ""}`);
    const config = trainingConfig({ quick: values.quick, women: values.women, stepScale: values.effort });
    const options = { cohort: values.cohort, seed, width, config, sanity, standardization: standardizationVersion };
    const run = await openRunFolder(folder, options, values).catch((error: Error & { readonly code?: string }) => {
      const hints: Readonly<Record<string, string>> = {
        "run-exists": ": pass --resume to go on with it, or another --out",
        "other-options": "",
        "in-use": "",
      };
      throw error.code !== undefined && error.code in hints ? new UsageError(`${error.message}${hints[error.code]}`, { cause: error }) : error;
    });
    try {
      await dream(run);
    } finally {
      await run.release();
    }

    async function dream({ recordCohort }: RunFolder): Promise<void> {
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const cohort = await openCohort();
      await recordCohort(cohort.sha256);
      const { women, images, ...data } = await withProgress(prepareDream(cohort, { folder, config, seed, shuffle: sanity }));
      const inputs = { cohort: cohort.sha256 };
      const notes = { cohort: cohort.sha256, seed: String(seed) };
      const training = { folder, notes, seed, width, stages: config.stages, ...data, target: data.train, last: values.stage as StageName };
      const { model, stages } = await withProgress(trainDream(training));
      process.stdout.write(table(stageTable(stages)));
      const { sha256 } = cohort;
      const provenance = readProvenance({ backend, seed, inputs });
      const standardization = standardizationVersion;
      const summary = { cohort: { name: values.cohort, sha256, women, images, standardization }, config, width, stages, provenance };
      // The patch model scores no breast: its stage ends here.
      if (!model) return void (await writeFileAtomically(join(folder, "summary.json"), json(summary)));
      const tested = { folder, model, data, run: summary, begun };
      await (sanity ? showSanity(tested) : showTest(tested));
      model.dispose();
    }

    async function openCohort(): Promise<Cohort> {
      if (values.cohort === "phantom") return withProgress(phantomCohort(join(folder, "cohort"), { women: config.women, seed }));
      if (!values.data) throw new UsageError(`Expected --data DIR with --cohort ${values.cohort}`);
      return requireTwoClasses(await readers[values.cohort]!(values.data));
    }

    async function showSanity(tested: Parameters<typeof checkSanity>[0]): Promise<void> {
      const { untrained, shuffled } = await withProgress(checkSanity(tested));
      process.stdout.write(
        `\non ${shuffled.breasts} unseen breasts, ${shuffled.cancers} cancers\nuntrained nets: AUROC ${untrained.map((one) => one.toFixed(3)).join(", ")}\nshuffled labels: AUROC ${shuffled.auroc.toFixed(3)}\n`,
      );
      printThresholds([
        threshold("sanity.untrained.distance", Math.max(...untrained.map((one) => Math.abs(one - 0.5))), "<=", 0.1),
        threshold("sanity.shuffled.distance", Math.abs(shuffled.auroc - 0.5), "<=", 0.1),
      ]);
    }

    async function showTest(tested: Parameters<typeof testDream>[0]): Promise<void> {
      const { test, seconds, calibrator } = await withProgress(testDream(tested));
      process.stdout.write(
        `\n${table(metricsTable(test))}\nwrote ${join(folder, "report.html")}, summary.json, predictions.tsv, predictions_exams.tsv, labels.tsv, bundle/ and checkpoints/ (${Math.round(seconds)} s)\n`,
      );
      if (calibrator.slope === 0)
        process.stdout.write("the validation scores do not rise with cancer: the calibrated probabilities in predictions.tsv are all one\n");
      if (values.cohort === "phantom" && !values.quick && values.effort === 1)
        printThresholds([threshold("dream.phantom.auroc", test.auroc.estimate, ">=", 0.8), threshold("dream.phantom.seconds", seconds, "<=", 720)]);
    }
  },
);

/** Ends the process with 1 where one is not reached. */
function printThresholds(thresholds: readonly Threshold[]): void {
  process.stdout.write(`${thresholds.map(thresholdLine).join("\n")}\n`);
  if (thresholds.some(({ reached }) => !reached)) process.exitCode = 1;
}
