// npm run ddsm-masses: CaracNet on masses of real films, malignant against benign, by folds; fine crops of the standard image beside those at film resolution.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import { readCbisCohort, readCbisCrops } from "@mammo/io/node";
import { describeBackend, foldCount, readProvenance, runMasses } from "@mammo/pipeline/node";
import { threshold } from "@mammo/testing/threshold";
import { openRun } from "../cli/openRun.ts";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { readFolds } from "../cli/readFolds.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage: "npm run ddsm-masses -- --data FILMS --crops CROPS [--folds TABLE] [--out DIR] [options]",
    about: "Trains CaracNet on masses of CBIS-DDSM, fold by fold, and tells malignant from benign ones of women whom it has not seen.",
    options: {
      data: { kind: "text", help: "folder of films with their labels.tsv" },
      crops: { kind: "text", help: "folder of lesion crops at film resolution with their labels.tsv" },
      folds: { kind: "text", help: "table of SHA-256 of the women's names and their folds (default: by chance, from a seed of its own)" },
      fold: { kind: "number", range: [0, foldCount - 1], integer: true, help: "only this one (default all)" },
      out: { kind: "text", default: "runs/ddsm-masses", help: "folder of the run" },
      shards: { kind: "text", help: "folder of standard images, such as that of npm run ddsm (default shards in --out)" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31 - 1], integer: true, help: "of the weights and the batches" },
      width: { kind: "number", default: 0.125, range: [0.03125, 1], help: "factor on every channel count" },
      steps: { kind: "number", default: 800, range: [1, 1e6], integer: true, help: "of each net, of 16 masses" },
      json: jsonOption,
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    const { data, crops, seed, width, steps, out } = values;
    if (!data || !crops) throw new UsageError("Expected --data DIR and --crops DIR; see --help");
    const print = printer(values.json);
    const folds = values.fold === undefined ? {} : { folds: [values.fold] };
    const { recordCohort, release } = await openRun(out, { seed, width, steps, standardization: standardizationVersion }, values);
    try {
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const cohort = await readCbisCohort(data);
      await recordCohort(cohort.sha256);
      const provenance = readProvenance({ backend, seed, inputs: { cohort: cohort.sha256 } });
      const foldOf = values.folds === undefined ? undefined : await readFolds(values.folds);
      const shards = values.shards ?? join(out, "shards");
      const run = runMasses(cohort, { folder: out, shards, crops: await readCbisCrops(crops), width, steps, foldOf, provenance, begun, ...folds });
      const { stages: _, ...summary } = await withProgress(run);
      const row = (name: string, { estimate, low, high }: (typeof summary)["film"]) => [
        name,
        estimate.toFixed(3),
        `[${low.toFixed(3)}, ${high.toFixed(3)}]`,
      ];
      const head = `${summary.masses} masses of ${summary.women} unseen women, ${summary.malignant} malignant; folds ${summary.folds.join(", ")}`;
      const rows = [
        [head, "AUROC", "95 % interval by woman"],
        row("fine crop of the standard image, 0.25 mm", summary.standard),
        row("fine crop of the film, 0.1 mm", summary.film),
        row("mean logit of both", summary.both),
        row("film less standard, paired", summary.filmOverStandard),
      ];
      print.say(`${table(rows)}\nwrote ${out} (${Math.round(summary.seconds)} s)\n`);
      const bars = [threshold("ddsm.masses.auroc", summary.film.estimate, ">=", 0.75)];
      printThresholds(print, ...bars);
      print.give({ folder: out, ...summary, bars });
    } finally {
      await release();
    }
  },
);
