// npm run ddsm: patches of annotated lesions first, then whole films, one fold of five at a time.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import { type Cohort, type CohortLayout, cohortReaders, readCbisCrops, requireTwoClasses } from "@mammo/io/node";
import {
  ddsmConfig,
  ddsmMetricsTable,
  ddsmStageTable,
  describeBackend,
  foldCount,
  phantomCohort,
  poolFolds,
  readProvenance,
  runDdsm,
} from "@mammo/pipeline/node";
import { threshold } from "@mammo/testing/threshold";
import { openRun } from "../cli/openRun.ts";
import { printDiagnosis } from "../cli/printDiagnosis.ts";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { imagesOption, readCohort, tableColumns } from "../cli/readCohort.ts";
import { readFolds } from "../cli/readFolds.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage: "npm run ddsm -- [--cohort phantom|LAYOUT] [--data PATH] --fold K [--out DIR] [options]",
    about:
      "Trains DetectorNet on patches of annotated lesions and DreamNet on whole films, on four folds of five, and scores the women of the fifth.",
    details: tableColumns,
    options: {
      cohort: { kind: "text", choices: ["phantom", ...Object.keys(cohortReaders)], default: "cbis", help: "where the films come from" },
      images: imagesOption,
      data: { kind: "text", help: "folder of the cohort, or the CSV file for table" },
      crops: { kind: "text", help: "folder of lesion crops with their labels.tsv, to learn calcifications from" },
      folds: { kind: "text", help: "table of SHA-256 of the women's names and their folds (default: by chance, from a seed of its own)" },
      fold: { kind: "number", default: 0, range: [0, foldCount - 1], integer: true, help: "whose women test" },
      out: { kind: "text", help: "folder of all folds (default runs/ddsm-COHORT)" },
      seed: {
        kind: "number",
        default: 1,
        range: [0, 2 ** 31 - 1],
        integer: true,
        help: "of the weights, the batches and the choice of validation women",
      },
      width: { kind: "number", default: 0.125, range: [0.03125, 1], help: "factor on every channel count" },
      effort: { kind: "number", default: 1, range: [0.0001, 1000], help: "factor on the steps of every stage" },
      threads: { kind: "number", range: [1, 64], integer: true, help: "of the backend (default: as many as the machine has)" },
      women: { kind: "number", default: 60, range: [20, 100000], integer: true, help: "of the phantom cohort" },
      "mine-every": {
        kind: "number",
        range: [1, 1e9],
        integer: true,
        help: "steps of S1 after which hard negatives are mined again from all training films (default: never)",
      },
      "patch-threads": { kind: "number", default: 0, range: [0, 64], integer: true, help: "threads that cut patches while the backend computes" },
      json: jsonOption,
      diagnose: { kind: "flag", help: "also measure what happens inside the net: diagnosis.html, and files for TensorBoard" },
      resume: { kind: "flag", help: "go on with the fold in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    const { seed, width, fold, effort } = values;
    const print = printer(values.json);
    const out = values.out ?? join("runs", `ddsm-${values.cohort}`);
    const folder = join(out, `fold-${fold}`);
    const options = {
      cohort: values.cohort,
      fold,
      seed,
      width,
      effort,
      crops: values.crops !== undefined,
      mineEvery: values["mine-every"],
      standardization: standardizationVersion,
    };
    const { recordCohort, release } = await openRun(folder, options, values);
    try {
      const backend = await selectBackend(values.threads === undefined ? {} : { threads: values.threads });
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const cohort = await openCohort(out);
      await recordCohort(cohort.sha256);
      const provenance = readProvenance({ backend, seed, inputs: { cohort: cohort.sha256 } });
      const foldOf = values.folds === undefined ? undefined : await readFolds(values.folds);
      const crops = values.crops === undefined ? [] : await readCbisCrops(values.crops);
      const config = ddsmConfig({ stepScale: effort, mineEvery: values["mine-every"] });
      const shards = join(out, "shards");
      const { diagnose, "patch-threads": patchThreads } = values;
      const run = runDdsm(cohort, { folder, shards, config, width, fold, foldOf, crops, provenance, patchThreads, diagnose, begun });
      const summary = await withProgress(run).finally(() => diagnose && printDiagnosis(print, folder));
      print.say(`fold ${fold}; on validation women:\n${table(ddsmStageTable(summary.stages))}\nhanded on: ${summary.chosen}\n`);
      for (const defect of summary.defects) print.say(`${defect}\n`);
      print.say(`\n${table(ddsmMetricsTable(summary))}\nwrote ${folder} (${Math.round(summary.seconds)} s)\n`);
      const pooled = (await poolFolds(out, { seed }))!;
      if (pooled.folds.length > 1) print.say(`\nfolds ${pooled.folds.length} of ${foldCount} together\n${table(ddsmMetricsTable(pooled))}\n`);
      const bars = values.cohort === "cbis" ? [threshold("ddsm.films.auroc", pooled.films.auroc.estimate, ">=", 0.72)] : [];
      printThresholds(print, ...bars);
      print.give({ folder, ...summary, pooled, bars });
    } finally {
      await release();
    }

    async function openCohort(out: string): Promise<Cohort> {
      if (values.cohort === "phantom") return withProgress(phantomCohort(join(out, "cohort"), { women: values.women, seed }));
      if (!values.data) throw new UsageError(`Expected --data DIR with --cohort ${values.cohort}`);
      return requireTwoClasses(await readCohort(values.cohort as CohortLayout, values.data, values));
    }
  },
);
