// npm run dream: the staged recipe of the DREAM challenge's winner, from DICOM files to trained weights, calibrated predictions and a score.

import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { json } from "@mammo/files";
import { readJson } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import { type Cohort, type CohortLayout, cohortReaders, requireTwoClasses } from "@mammo/io/node";
import { minMax } from "@mammo/mammogram";
import {
  calibrationTable,
  type DreamResult,
  type DreamRun,
  describeBackend,
  describePairs,
  type LaterFamily,
  laterFamilies,
  metricsTable,
  parseRecipe,
  phantomCohort,
  prepareDream,
  type RecipeName,
  readProvenance,
  recipeNames,
  runDream,
  type StageName,
  stageNames,
  stageTable,
  type TrainingConfig,
  trainingConfig,
} from "@mammo/pipeline/node";
import { type Threshold, threshold } from "@mammo/testing/threshold";
import { runJobs } from "../cli/jobs.ts";
import { joinRun, openRun } from "../cli/openRun.ts";
import { printDiagnosis } from "../cli/printDiagnosis.ts";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { imagesOption, readCohort, tableColumns } from "../cli/readCohort.ts";
import { pairsOption, readPairs } from "../cli/readPairs.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage: "npm run dream -- [--cohort phantom|LAYOUT] [--data PATH] [--out DIR] [options]",
    about:
      "Trains DetectorNet and DreamNet in the documented stages S1-S4 and four more families from the same detector, calibrates them, and scores women that no stage has seen.",
    details: tableColumns,
    options: {
      cohort: { kind: "text", choices: ["phantom", ...Object.keys(cohortReaders)], default: "phantom", help: "where the exams come from" },
      images: imagesOption,
      data: { kind: "text", help: "folder of the cohort, or the CSV file for table" },
      out: { kind: "text", help: "folder of all that the run writes (default runs/COHORT, with the recipe's name or -sanity behind it)" },
      recipe: { kind: "text", default: "default", help: `${recipeNames.join(", ")}, or a JSON file of what differs from the default: see --show` },
      show: { kind: "flag", help: "prints the recipe as JSON, to be edited, and runs nothing" },
      quick: { kind: "flag", help: "the same as --recipe quick: to see it run, not to see it learn" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31 - 1], integer: true, help: "of the cohort, the split, the weights and the batches" },
      width: { kind: "number", range: [0.03125, 1], help: "factor on every channel count (default the recipe's)" },
      women: { kind: "number", range: [12, 100000], integer: true, help: "of the phantom cohort (default the recipe's)" },
      effort: { kind: "number", default: 1, range: [0.001, 1e6], help: "factor on the steps of every stage" },
      stage: { kind: "text", choices: [...stageNames, "S5"], default: "S5", help: "the last stage to run; S5 trains the families beside DreamNet" },
      families: { kind: "text", default: "all", help: `what S5 trains: all, none, or some of ${laterFamilies.join(",")}` },
      jobs: { kind: "number", default: 1, range: [1, 256], integer: true, help: "instances of the recipe that are trained at once, each a process" },
      instance: { kind: "number", range: [1, 1000], integer: true, help: "only this instance, for machines that share --out: docs/scale.md" },
      pairs: pairsOption,
      sanity: { kind: "flag", help: "instead: labels shuffled, and nets untrained; both must stay near 0.5" },
      json: jsonOption,
      diagnose: { kind: "flag", help: "also measure what happens inside the net: diagnosis.html, and files for TensorBoard" },
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    const { seed, sanity, diagnose } = values;
    const print = printer(values.json);
    const recipe = values.quick ? "quick" : values.recipe;
    const config = await configOf(recipe, values);
    if (values.show) return void process.stdout.write(json(config));
    if (values.cohort !== "phantom" && !values.data) throw new UsageError(`Expected --data DIR with --cohort ${values.cohort}`);
    if (values.cohort === "phantom" && values.data) throw new UsageError("Expected no --data with --cohort phantom, which makes its own exams");
    const families = familiesOf(values.families);
    const count = config.folds * config.seeds;
    if (values.instance !== undefined && values.instance > count)
      throw new UsageError(`Expected --instance from 1 to ${count}, which the recipe has, got another`);
    const name = recipe === "default" ? "" : isRecipeName(recipe) ? `-${recipe}` : "-recipe";
    const folder = values.out ?? join("runs", `${values.cohort}${name}${sanity ? "-sanity" : ""}`);
    const options = { cohort: values.cohort, seed, config, families, sanity, standardization: standardizationVersion };
    const { recordCohort, release } = await (values.instance === undefined
      ? openRun(folder, options, values)
      : joinRun(folder, options, values.instance));
    try {
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const cohort = await openCohort();
      await recordCohort(cohort.sha256);
      const provenance = readProvenance({ backend, seed, inputs: { cohort: cohort.sha256 } });
      const pairModel = await readPairs(values.pairs);
      const run = {
        folder,
        config,
        provenance,
        ...(pairModel && { pairModel }),
        last: values.stage as StageName | "S5",
        families,
        sanity,
        diagnose,
        begun,
      };
      if (values.jobs > 1 && count > 1 && values.instance === undefined) await inProcesses(cohort, run);
      const instance = values.instance === undefined ? {} : { instance: values.instance - 1 };
      const result = await withProgress(runDream(cohort, { ...run, ...instance })).finally(() => diagnose && printDiagnosis(print, folder));
      const { stages, chosen, defects, leftOut } = result.run;
      print.say(`${table(stageTable(stages))}${[...defects, ...leftOut].map((line) => `${line}\n`).join("")}`);
      if (chosen) print.say(`handed on: ${chosen}, by the AUROC on validation women\n`);
      if (result.sanity) saySanity(result.sanity);
      if (result.test) sayTest(result.test);
      const bars = barsOf(result);
      printThresholds(print, ...bars);
      print.give({ folder, ...(result.test ?? { ...result.run, ...result.sanity }), bars });
    } finally {
      await release();
    }

    async function openCohort(): Promise<Cohort> {
      if (values.cohort === "phantom") return withProgress(phantomCohort(join(folder, "cohort"), { women: config.women, seed }));
      return requireTwoClasses(await readCohort(values.cohort as CohortLayout, values.data!, values));
    }

    /** Instances as processes of their own; what they leave is put together afterwards. The images are standardized before, once. */
    async function inProcesses(cohort: Cohort, run: Omit<DreamRun, "instance">): Promise<void> {
      await withProgress(prepareDream(cohort, { folder: run.folder, config: run.config, seed, shuffle: false }));
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      const failed = await runJobs(numbers, {
        atOnce: values.jobs,
        argumentsOf: (job) => [...process.argv.slice(2), "--instance", String(job), "--out", folder],
      });
      if (failed.length > 0)
        throw new Error(
          `Expected all instances to end, but ${failed.map(({ job, status }) => `${job} ended with ${status ?? "a signal"}`).join(", ")}; the same call with --resume goes on`,
        );
    }

    function sayTest({ test, calibration, memberTable, pairs, seconds, warning }: NonNullable<DreamResult["test"]>): void {
      if (memberTable) print.say(`\n${table(memberTable)}`);
      print.say(
        `\n${table(metricsTable(test))}\n${table(calibrationTable(calibration))}\nwrote ${join(folder, "report.html")}, summary.json, predictions.tsv, predictions_exams.tsv, labels.tsv, `,
      );
      print.say(`bundle/ and checkpoints/ (${Math.round(seconds)} s)\n`);
      if (pairs) print.say(`${describePairs(pairs)}\n`);
      if (warning) print.say(`not calibrated: ${warning}; npm run score refuses this bundle\n`);
    }

    function saySanity({ untrained, shuffled }: NonNullable<DreamResult["sanity"]>): void {
      print.say(`\non ${shuffled.breasts} unseen breasts, ${shuffled.cancers} cancers\n`);
      print.say(`untrained nets: AUROC ${untrained.map((one) => one.toFixed(3)).join(", ")}\nshuffled labels: AUROC ${shuffled.auroc.toFixed(3)}\n`);
    }

    function barsOf({ test, sanity }: DreamResult): readonly Threshold[] {
      const distance = (auroc: number) => Math.abs(auroc - 0.5);
      if (sanity)
        return [
          threshold("sanity.untrained.distance", minMax(sanity.untrained.map(distance))[1], "<=", 0.1),
          threshold("sanity.shuffled.distance", distance(sanity.shuffled.auroc), "<=", 0.1),
        ];
      if (!test || values.cohort !== "phantom" || recipe !== "default" || values.effort !== 1) return [];
      const { pairs = { cancers: 0, paired: Number.NaN } } = test;
      return [
        threshold("dream.phantom.auroc", test.test.auroc.estimate, ">=", 0.95),
        threshold("dream.phantom.pairs", pairs.paired / pairs.cancers, ">=", 0.85),
        threshold("dream.phantom.seconds", test.seconds, "<=", 900),
      ];
    }
  },
);

function isRecipeName(name: string): name is RecipeName {
  return (recipeNames as readonly string[]).includes(name);
}

/** A recipe by name or from a file, with what the call says instead. */
async function configOf(
  recipe: string,
  { women, effort, width }: { readonly women: number | undefined; readonly effort: number; readonly width: number | undefined },
): Promise<TrainingConfig> {
  const own = width === undefined ? {} : { width };
  if (isRecipeName(recipe)) return { ...trainingConfig({ recipe, women, stepScale: effort }), ...own };
  if (effort !== 1) throw new UsageError("Expected no --effort with a recipe of your own, whose steps are those of its file");
  const file = await readJson(recipe);
  if (file === undefined) throw new UsageError(`Expected --recipe to be ${recipeNames.join(", ")}, or a JSON file, got another`);
  return { ...parseRecipe(file), ...(women === undefined ? {} : { women }), ...own };
}

function familiesOf(text: string): readonly LaterFamily[] {
  if (text === "all") return laterFamilies;
  const wanted = text === "none" ? [] : text.split(",");
  if (wanted.some((name) => !(laterFamilies as readonly string[]).includes(name)))
    throw new UsageError(`Expected --families all, none or some of ${laterFamilies.join(",")}, got another word`);
  return laterFamilies.filter((name) => wanted.includes(name));
}
