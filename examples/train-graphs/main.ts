// npm run train-graphs: RetinaNet, CaracNet and the symmetry graphs, each trained on phantoms and tested on women whom it has not seen.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { standardizationVersion } from "@mammo/io";
import {
  describeBackend,
  type GraphName,
  type GraphsSummary,
  graphNames,
  graphsConfig,
  graphsTables,
  readProvenance,
  runGraphs,
} from "@mammo/pipeline/node";
import { type Threshold, threshold } from "@mammo/testing/threshold";
import { openRun } from "../cli/openRun.ts";
import { printDiagnosis } from "../cli/printDiagnosis.ts";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage: "npm run train-graphs -- [--graph all|NAME] [--seed N] [--out DIR] [options]",
    about: "Trains RetinaNet, CaracNet and the symmetry graphs on phantoms, and tests them on women whom no stage has seen.",
    options: {
      graph: {
        kind: "text",
        choices: ["all", ...graphNames],
        default: "all",
        help: "which graph; caracNet and dreamNet come with their symmetry twins",
      },
      out: { kind: "text", help: "folder of all that the run writes (default runs/graphs-SEED, with -quick or -sanity behind it)" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 30], integer: true, help: "of the cohorts, the split, the weights and the batches" },
      width: { kind: "number", default: 0.125, range: [0.03125, 1], help: "factor on every channel count" },
      women: {
        kind: "number",
        range: [12, 100000],
        integer: true,
        help: "of the first cohort (default 480); the second, of asymmetries, has five for 24 of them",
      },
      effort: { kind: "number", default: 1, range: [0.001, 1000], help: "factor on the steps of every stage" },
      quick: { kind: "flag", help: "small cohorts and few steps: to see it run, not to see it learn" },
      sanity: { kind: "flag", help: "instead: trained on lesions and labels of other breasts; nothing may be learned from them" },
      "batch-threads": { kind: "number", default: 0, range: [0, 64], integer: true, help: "threads that make batches while the backend computes" },
      json: jsonOption,
      diagnose: { kind: "flag", help: "also measure what happens inside the nets: diagnosis.html, and files for TensorBoard" },
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const begun = performance.now();
    const { seed, width, effort, quick, sanity, diagnose, "batch-threads": batchThreads } = values;
    const print = printer(values.json);
    const folder = values.out ?? join("runs", `graphs-${seed}${quick ? "-quick" : ""}${sanity ? "-sanity" : ""}`);
    const config = graphsConfig({ quick, women: values.women, effort });
    // Not which graphs: a run may go on to others.
    const options = { recipe: "graphs", seed, width, config, sanity, standardization: standardizationVersion };
    const { recordCohort, release } = await openRun(folder, options, values);
    try {
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const graphs = values.graph === "all" ? graphNames : [values.graph as GraphName];
      const provenance = readProvenance({ backend, seed, inputs: {} });
      const run = runGraphs({ folder, config, width, provenance, graphs, batchThreads, diagnose, sanity, recordCohort, begun });
      const summary = await withProgress(run).finally(() => diagnose && printDiagnosis(print, folder));
      for (const one of graphsTables(summary)) print.say(`${table(one)}\n\n`);
      print.say(`wrote ${join(folder, "report.html")}, summary.json and checkpoints/ (${Math.round(summary.seconds)} s)\n`);
      const bars = !quick && effort === 1 && values.women === undefined ? [...(sanity ? sanityOf : thresholdsOf)(summary)] : [];
      printThresholds(print, ...bars);
      print.give({ folder, ...summary, bars });
    } finally {
      await release();
    }
  },
);

/** Of what was trained on labels without meaning: it may tell nothing on unseen women. */
function* sanityOf({ retinaNet, caracNet, dreamNet }: GraphsSummary): Generator<Threshold> {
  if (retinaNet) yield threshold("graphs.sanity.retinanet.sensitivity", retinaNet.sensitivity[2]!.estimate, "<=", 0.2);
  for (const [name, found] of [
    ["caracnet", caracNet],
    ["dreamnet", dreamNet],
  ] as const)
    for (const form of ["plain", "symmetry"] as const)
      if (found) yield threshold(`graphs.sanity.${name}.${form}.distance`, Math.abs((found.all?.[form].estimate ?? Number.NaN) - 0.5), "<=", 0.1);
}

/** Of what was trained. */
function* thresholdsOf({ retinaNet, caracNet }: GraphsSummary): Generator<Threshold> {
  if (retinaNet) {
    yield threshold("graphs.retinanet.sensitivity", retinaNet.sensitivity[2]!.estimate, ">=", 0.8);
    yield threshold("graphs.retinanet.calcifications", retinaNet.byKind.calcification?.estimate ?? Number.NaN, ">=", 0.7);
  }
  if (caracNet) yield threshold("graphs.caracnet.auroc", caracNet.all?.plain.estimate ?? Number.NaN, ">=", 0.8);
}
