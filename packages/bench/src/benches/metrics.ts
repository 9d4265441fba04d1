// npm run bench -- metrics: AUROC and the bootstrap by woman beside scikit-learn, and how cost grows with the number of cases.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { minMax } from "@mammo/mammogram";
import { areaUnder, auroc, bootstrapRoc, partialAreaUnder } from "@mammo/metrics";
import { speedup } from "../harness/comparison.ts";
import type { Bench, Harness } from "../harness/harness.ts";
import { temporaryFolder } from "../harness/temporaryFolder.ts";

const python = process.env["MAMMO_PYTHON"] ?? "python3";
const script = fileURLToPath(new URL("./contenders/scikitLearn.py", import.meta.url));

/** Linear congruential numbers: the same cases in each run, without a package. */
function makeCases(n: number, share: number) {
  let state = 12345;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const labels = Uint8Array.from({ length: n }, () => (uniform() < share ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => uniform() + uniform() + uniform() + uniform() / 2 ** 30 + 0.5 * label);
  return { labels, scores };
}

type Cases = ReturnType<typeof makeCases>;

async function startBaseline(
  harness: Harness,
  folder: string,
  task: "area" | "bootstrap",
  { labels, scores }: Cases,
  replicates: { readonly run: number; readonly of: number },
) {
  const [labelFile, scoreFile] = [join(folder, `${task}-labels`), join(folder, `${task}-scores`)];
  writeFileSync(labelFile, labels);
  writeFileSync(scoreFile, new Uint8Array(scores.buffer));
  return harness.child({
    name: "scikit-learn",
    command: python,
    args: [script, task, labelFile, scoreFile, "2", String(replicates.run), String(replicates.of)],
  });
}

export const bench: Bench = {
  name: "metrics",
  async run(harness) {
    const folder = temporaryFolder();
    try {
      await million(harness, folder);
      await screening(harness, folder);
      await growth(harness);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function million(harness: Harness, folder: string): Promise<void> {
  const cases = makeCases(1_000_000, 0.1);
  const baseline = await startBaseline(harness, folder, "area", cases, { run: 1, of: 1 });
  const ours = { name: "auroc", work: 1_000_000, iterate: () => void auroc(cases.labels, cases.scores) };
  const comparison = await harness.compare("AUROC of 1,000,000 cases", baseline ? [ours, { ...baseline, work: 1_000_000 }] : [ours], {
    unit: "cases",
  });
  if (baseline) harness.threshold("metrics.auroc.speedup", speedup(comparison, "auroc", "scikit-learn"), ">=", 3);
}

async function screening(harness: Harness, folder: string): Promise<void> {
  const exams = 25_657;
  const cases = makeCases(2 * exams, 0.0035);
  const women = Int32Array.from(cases.labels, (_, i) => i >> 1);
  const replicates = { run: 10, of: 2000 };
  const baseline = await startBaseline(harness, folder, "bootstrap", cases, replicates);
  const statistics = {
    auroc: areaUnder,
    partial: (curve: Parameters<typeof areaUnder>[0]) => partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true }),
  };
  const ours = {
    name: "bootstrapRoc",
    work: 2000,
    iterate: () => void bootstrapRoc({ ...cases, clusters: women }, statistics, { seed: 1, resamples: 2000 }),
  };
  const title = `2,000 resamples of ${exams.toLocaleString("en")} exams x 2 breasts, by exam, AUROC and partial AUROC`;
  const comparison = await harness.compare(title, baseline ? [ours, { ...baseline, work: 2000 }] : [ours], {
    unit: "resamples",
    warmups: 1,
    rounds: harness.quick ? 3 : 7,
  });
  if (baseline)
    harness.note(`scikit-learn's loop ran ${replicates.run} resamples a round; its time is multiplied by ${replicates.of / replicates.run}.`);
  harness.threshold("metrics.bootstrap.seconds", comparison.timings[0]!.median, "<", 3);
  if (baseline) harness.threshold("metrics.bootstrap.speedup", speedup(comparison, "bootstrapRoc", "scikit-learn"), ">=", 20);
}

/** Sizes are timed in turn within one comparison, and the fastest round of each is taken: growth is a property of the code, not of its neighbors. */
async function growth(harness: Harness): Promise<void> {
  const sizes = harness.quick ? [1e4, 1e5, 1e6] : [1e4, 1e5, 1e6, 1e7];
  const sets = sizes.map((n) => makeCases(n, 0.1));
  const contenders = sets.map((cases, k) => ({ name: `10^${4 + k}`, work: sizes[k]!, iterate: () => void auroc(cases.labels, cases.scores) }));
  const comparison = await harness.compare("AUROC from 10^4 cases up", contenders, { unit: "cases", warmups: 1, rounds: 5 });
  const perStep = comparison.timings.map(({ seconds }, k) => (1e9 * minMax(seconds)[0]) / (sizes[k]! * Math.log2(sizes[k]!)));
  harness.table({
    title: "Nanoseconds per n log2 n",
    columns: ["cases", "ns"],
    rows: perStep.map((value, k) => [sizes[k]!.toLocaleString("en"), Number(value.toPrecision(3))]),
  });
  // The exponent e of time = n^e between the ends; n log n itself has log(10^7 log 10^7 / 10^4 log 10^4) / log 10^3 = 1.08.
  const [first, last] = [comparison.timings[0]!, comparison.timings.at(-1)!];
  const ratio = sizes.at(-1)! / sizes[0]!;
  const exponent = Math.log(minMax(last.seconds)[0] / minMax(first.seconds)[0]) / Math.log(ratio);
  const nLogN = 1 + Math.log(Math.log(sizes.at(-1)!) / Math.log(sizes[0]!)) / Math.log(ratio);
  harness.note(`Between ${first.name} and ${last.name} cases time grows as n^${exponent.toFixed(3)}; n log n grows as n^${nLogN.toFixed(3)} there.`);
  // What does not fit the caches costs more by case: allowed is one tenth of an exponent, a twofold cost over three decades.
  harness.threshold("metrics.auroc.growth", exponent, "<=", Number((nLogN + 0.1).toFixed(3)));
}
