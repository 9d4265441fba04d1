// npm run dream: the staged recipe of the DREAM challenge's winner, from DICOM files to trained weights, calibrated predictions and a score.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import type { DreamNet } from "@mammo/models";
import { bar } from "../shared/bar.ts";
import { saveBundle } from "../shared/bundle.ts";
import { json, writeWhole } from "../shared/files.ts";
import { program } from "../shared/program.ts";
import { progress } from "../shared/progress.ts";
import { nameOf, provenanceOf } from "../shared/provenance.ts";
import { table } from "../shared/table.ts";
import { claim, openFolder } from "./claim.ts";
import { type CohortName, cohortNames, latestExams, openCohort } from "./cohorts.ts";
import { answers, breastsOf, judge, type ViewAnswer } from "./judge.ts";
import { planOf, type StageName, stageNames } from "./plan.ts";
import { reportPage } from "./report.ts";
import type { StageSummary } from "./runStage.ts";
import { judgeUntrained, shuffleLabels } from "./sanity.ts";
import { splitViews } from "./split.ts";
import { trainStages } from "./stages.ts";
import { type StandardView, standardizeImages } from "./standards.ts";
import { metricsTable, type Summary, stageTable } from "./summary.ts";
import { fitToValidation, testMetrics, writePredictions } from "./test.ts";

await program(
  {
    usage: "npm run dream -- [--cohort phantom|dream|mias] [--data DIR] [--out DIR] [options]",
    about: "Trains DetectorNet and DreamNet in the documented stages S1-S4, calibrates, and scores women that no stage has seen.",
    options: {
      cohort: { kind: "text", choices: cohortNames, default: "phantom", help: "where the exams come from" },
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
    const { seed, width } = values;
    const out = values.out ?? join("runs", `${values.cohort}${values.quick ? "-quick" : ""}${values.sanity ? "-sanity" : ""}`);
    const plan = planOf(values);
    const options = { cohort: values.cohort, seed, width, plan, sanity: values.sanity, standardization: standardizationVersion };
    await openFolder(out, options, values.resume);
    const backend = await selectBackend();
    process.stderr.write(`backend: ${nameOf(backend)}\n`);

    const cohort = await openCohort(values.cohort as CohortName, { out, data: values.data, women: plan.women, seed });
    await claim(out, { options, cohort: cohort.sha256 });
    const images = latestExams(cohort);
    const views = await standardizeImages(images, join(out, "standard"), (total) => progress("standardize", total));
    const parts = splitViews(views, plan.split, seed);
    const { validation, test } = parts;
    const train = values.sanity ? shuffleLabels(parts.train, seed) : parts.train;
    const bridged = train.some(({ lesions }) => lesions.length > 0) ? train : await bridge({ out, women: plan.women, seed });
    const annotated = values.sanity && bridged !== train ? shuffleLabels(bridged, seed) : bridged;
    const provenance = provenanceOf({ backend, seed, inputs: { cohort: cohort.sha256 } });

    const stages: StageSummary[] = [];
    const training = trainStages(
      { out, seed, width, plan: plan.stages, annotated, target: train, validation, notes: { cohort: cohort.sha256, seed: String(seed) } },
      values.stage as StageName,
    );
    let step = await training.next();
    for (; !step.done; step = await training.next()) stages.push(step.value);
    const model = step.value;
    process.stdout.write(table(stageTable(stages)));
    const women = new Set(views.map(({ woman }) => woman)).size;
    const common = {
      cohort: { name: values.cohort, sha256: cohort.sha256, women, images: images.length, standardization: standardizationVersion },
      plan,
      width,
      stages,
      provenance,
    };
    // The patch model judges no breast: its stage ends here.
    if (!model) return writeWhole(join(out, "summary.json"), json(common));
    if (values.sanity) {
      // Neither set chose anything here, so both may judge.
      const unseen = [...validation, ...test];
      const shuffled = await judge(model, unseen);
      model.dispose();
      const untrained = (await judgeUntrained(unseen, { width, seeds: [seed, seed + 1, seed + 2] })).map(({ auroc }) => auroc);
      await writeWhole(join(out, "sanity.json"), json({ ...common, untrained, shuffled }));
      process.stdout.write(
        `\non ${shuffled.breasts} unseen breasts, ${shuffled.cancers} cancers\nuntrained nets: AUROC ${untrained.map((one) => one.toFixed(3)).join(", ")}\nshuffled labels: AUROC ${shuffled.auroc.toFixed(3)}\n`,
      );
      return printBars([
        bar("sanity.untrained.distance", Math.max(...untrained.map((one) => Math.abs(one - 0.5))), "<=", 0.1),
        bar("sanity.shuffled.distance", Math.abs(shuffled.auroc - 0.5), "<=", 0.1),
      ]);
    }
    const { calibrator, scale } = fitToValidation(breastsOf(await answerAll(model, validation, "validation")), cohort.sha256);
    const found = await answerAll(model, test, "test");
    const breasts = breastsOf(found);
    const metrics = testMetrics(breasts, seed);
    const summary: Summary = {
      ...common,
      calibrator,
      test: metrics,
      seconds: (performance.now() - begun) / 1000,
      table: stageTable(stages),
      testTable: metricsTable(metrics),
    };
    await saveBundle(join(out, "bundle"), {
      model,
      calibrator,
      scale,
      trainedOn: values.cohort,
      standardization: standardizationVersion,
      provenance,
    });
    await writePredictions(out, breasts, calibrator);
    await writeWhole(join(out, "report.html"), await reportPage(summary, breasts, worthSeeing(found)));
    await writeWhole(join(out, "summary.json"), json(summary));
    model.dispose();
    process.stdout.write(
      `\n${table(metricsTable(metrics))}\nwrote ${join(out, "report.html")}, summary.json, predictions.tsv, predictions_exams.tsv, labels.tsv, bundle/ and checkpoints/ (${Math.round(summary.seconds)} s)\n`,
    );
    if (calibrator.slope === 0)
      process.stdout.write("the validation scores do not rise with cancer: the calibrated probabilities in predictions.tsv are all one\n");
    if (values.cohort === "phantom" && !values.quick && values.effort === 1)
      printBars([bar("dream.phantom.auroc", metrics.auroc.estimate, ">=", 0.8), bar("dream.phantom.seconds", summary.seconds, "<=", 720)]);
  },
);

function printBars(bars: readonly ReturnType<typeof bar>[]): void {
  process.stdout.write(`${bars.map(({ line }) => line).join("\n")}\n`);
  if (bars.some(({ reached }) => !reached)) process.exitCode = 1;
}

/** Dense annotations from elsewhere, as DDSM was for the challenge: a cohort that marks no lesion learns S1 and S2 from the phantom. */
async function bridge({ out, women, seed }: { readonly out: string; readonly women: number; readonly seed: number }): Promise<StandardView[]> {
  process.stderr.write("the cohort marks no lesions: S1 and S2 learn from a phantom cohort\n");
  const phantom = await openCohort("phantom", { out, women, seed });
  return standardizeImages(latestExams(phantom), join(out, "standard"), (total) => progress("standardize phantom", total));
}

async function answerAll(model: DreamNet, views: readonly StandardView[], name: string): Promise<ViewAnswer[]> {
  const shown = progress(name, views.length);
  const found: ViewAnswer[] = [];
  for await (const answer of answers(model, views)) {
    found.push(answer);
    shown.update(found.length);
  }
  shown.end(`${views.length} views`);
  return found;
}

/** The cancers found surest and least, and the most suspicious of the others: eight views. */
function worthSeeing(found: readonly ViewAnswer[]): ViewAnswer[] {
  const falling = [...found].sort((a, b) => b.logit - a.logit);
  const cancers = falling.filter(({ view }) => view.cancer === 1);
  return [...new Set([...cancers.slice(0, 4), ...cancers.slice(-2), ...falling.filter(({ view }) => view.cancer !== 1).slice(0, 2)])];
}
