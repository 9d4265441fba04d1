// npm run dream: the staged recipe of the DREAM challenge's winner, from DICOM files to trained weights, calibrated predictions and a score.

import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import { type Cohort, type CohortLayout, cohortReaders, requireTwoClasses } from "@mammo/io/node";
import { minMax } from "@mammo/mammogram";
import {
  calibrationTable,
  type DreamResult,
  describeBackend,
  type LaterFamily,
  laterFamilies,
  metricsTable,
  phantomCohort,
  readProvenance,
  runDream,
  type StageName,
  stageNames,
  stageTable,
  trainingConfig,
} from "@mammo/pipeline/node";
import { type Threshold, threshold } from "@mammo/testing/threshold";
import { openRun } from "../cli/openRun.ts";
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
      out: { kind: "text", help: "folder of all that the run writes (default runs/COHORT, with -quick or -sanity behind it)" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31 - 1], integer: true, help: "of the cohort, the split, the weights and the batches" },
      width: { kind: "number", default: 0.125, range: [0.03125, 1], help: "factor on every channel count" },
      quick: { kind: "flag", help: "a small cohort and few steps: to see it run, not to see it learn" },
      women: { kind: "number", range: [12, 100000], integer: true, help: "of the phantom cohort" },
      effort: { kind: "number", default: 1, range: [0.001, 1e6], help: "factor on the steps of every stage" },
      stage: { kind: "text", choices: [...stageNames, "S5"], default: "S5", help: "the last stage to run; S5 trains the families beside DreamNet" },
      families: { kind: "text", default: "all", help: `what S5 trains: all, none, or some of ${laterFamilies.join(",")}` },
      scale: {
        kind: "text",
        choices: ["deciles", "risk"],
        default: "deciles",
        help: "scores at deciles of the validation women, or anchored on their risk",
      },
      prevalence: { kind: "number", range: [1e-6, 0.999999], help: "with --scale risk: share of cancers where the scores will be used" },
      pairs: pairsOption,
      sanity: { kind: "flag", help: "instead: labels shuffled, and nets untrained; both must stay near 0.5" },
      json: jsonOption,
      diagnose: { kind: "flag", help: "also measure what happens inside the net: diagnosis.html, and files for TensorBoard" },
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    if (values.cohort !== "phantom" && !values.data) throw new UsageError(`Expected --data DIR with --cohort ${values.cohort}`);
    if (values.cohort === "phantom" && values.data) throw new UsageError("Expected no --data with --cohort phantom, which makes its own exams");
    const { seed, width, sanity, quick } = values;
    const print = printer(values.json);
    const folder = values.out ?? join("runs", `${values.cohort}${quick ? "-quick" : ""}${sanity ? "-sanity" : ""}`);
    const config = trainingConfig({ quick, women: values.women, stepScale: values.effort });
    const families = familiesOf(values.families);
    const pairModel = await readPairs(values.pairs);
    const reading = {
      ...(values.scale === "risk" ? { scale: "risk" as const, ...(values.prevalence === undefined ? {} : { prevalence: values.prevalence }) } : {}),
      ...(pairModel && { pairModel }),
    };
    const options = { cohort: values.cohort, seed, width, config, families, sanity, standardization: standardizationVersion, ...reading };
    const { recordCohort, release } = await openRun(folder, options, values);
    try {
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const cohort = await openCohort();
      await recordCohort(cohort.sha256);
      const provenance = readProvenance({ backend, seed, inputs: { cohort: cohort.sha256 } });
      const { diagnose } = values;
      const run = runDream(cohort, {
        folder,
        config,
        width,
        provenance,
        last: values.stage as StageName | "S5",
        families,
        sanity,
        diagnose,
        begun,
        reading,
      });
      const result = await withProgress(run).finally(() => diagnose && printDiagnosis(print, folder));
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

    function sayTest({ test, calibration, memberTable, seconds, warning }: NonNullable<DreamResult["test"]>): void {
      if (memberTable) print.say(`\n${table(memberTable)}`);
      print.say(
        `\n${table(metricsTable(test))}\n${table(calibrationTable(calibration))}\nwrote ${join(folder, "report.html")}, summary.json, predictions.tsv, predictions_exams.tsv, labels.tsv, `,
      );
      print.say(`bundle/ and checkpoints/ (${Math.round(seconds)} s)\n`);
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
      if (!test || values.cohort !== "phantom" || quick || values.effort !== 1) return [];
      return [threshold("dream.phantom.auroc", test.test.auroc.estimate, ">=", 0.8), threshold("dream.phantom.seconds", test.seconds, "<=", 720)];
    }
  },
);

function familiesOf(text: string): readonly LaterFamily[] {
  if (text === "all") return laterFamilies;
  const wanted = text === "none" ? [] : text.split(",");
  const unknown = wanted.find((name) => !(laterFamilies as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(`Expected --families all, none or some of ${laterFamilies.join(",")}, got ${JSON.stringify(unknown)}`);
  return laterFamilies.filter((name) => wanted.includes(name));
}
