import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { keyedRandom } from "@mammo/mammogram";
import { commandExists, expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import {
  auroc,
  averagePrecision,
  brierScore,
  calibrationSlope,
  delong,
  delongInterval,
  delongUnpaired,
  integratedCalibrationIndex,
  logLoss,
  partialAuroc,
} from "../src/index.ts";

const python = process.env["MAMMO_PYTHON"] ?? "python3";
const hasSklearn = spawnSync(python, ["-c", "import sklearn"]).status === 0;
const hasProc = commandExists("Rscript") && spawnSync("Rscript", ["-e", "library(pROC)"]).status === 0;

interface Set {
  readonly labels: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly weights: readonly number[];
}

const random = keyedRandom(2026);
const uniform = () => (random.below(2 ** 30) + 0.5) / 2 ** 30;

/** Kinds in turn: tiny, tied, plain, and 0.35 % positive. Scores lie within (0, 1), so that they can be read as probabilities. */
function makeSet(k: number): Set {
  const kind = (["tiny", "tied", "plain", "rare"] as const)[k % 4]!;
  const n = { tiny: 2 + random.below(9), tied: 60 + random.below(100), plain: 60 + random.below(200), rare: 2000 }[kind];
  const share = { tiny: 0.5, tied: 0.3, plain: 0.4, rare: 0.0035 }[kind];
  const labels = Array.from({ length: n }, (_, i) => (i < 2 ? i : uniform() < share ? 1 : 0));
  const levels = kind === "tied" ? 4 + random.below(4) : kind === "tiny" ? 8 : 2 ** 20;
  const score = (label: number, gain: number) => (Math.floor(uniform() ** (1 / (1 + gain * label)) * levels) + 0.5) / levels;
  return {
    labels,
    a: labels.map((label) => score(label, 1)),
    b: labels.map((label) => score(label, 0.4)),
    // A third weighs nothing in some sets: positive weights stay on both classes.
    weights: labels.map((_, i) => (i >= 2 && k % 3 === 0 && uniform() < 0.3 ? 0 : uniform() + 0.1)),
  };
}

const sets = Array.from({ length: 200 }, (_, k) => makeSet(k));
const areas = { absolute: 1e-10 };
const intervals = { absolute: 1e-8 };

describe("200 random sets: ties, tiny n, 0.35 % positive, weights", () => {
  it.skipIf(!hasSklearn)("areas and losses agree with scikit-learn to 1e-10 (needs Python with scikit-learn, see MAMMO_PYTHON)", () => {
    const script = fileURLToPath(new URL("../reference/live.py", import.meta.url));
    const { stdout, stderr, status } = spawnSync(python, [script], { input: JSON.stringify(sets), encoding: "utf8", maxBuffer: 1 << 28 });
    expect(status, stderr).toBe(0);
    const answers = JSON.parse(stdout) as Readonly<Record<string, number>>[];
    expect(answers).toHaveLength(200);
    for (const [k, { labels, a, weights }] of sets.entries()) {
      const ours = {
        auroc: auroc(labels, a),
        weighted: auroc(labels, a, { weights }),
        maxFpr: partialAuroc(labels, a, { maxFalsePositiveRate: 0.1 }, { weights }),
        minTpr: partialAuroc(labels, a, { minTruePositiveRate: 0.8 }, { weights }),
        averagePrecision: averagePrecision(labels, a, { weights }),
        brier: brierScore(labels, a, { weights }),
        logLoss: logLoss(labels, a, { weights }),
        ici: integratedCalibrationIndex(labels, a),
      };
      for (const [name, value] of Object.entries(ours)) expectClose(value, answers[k]![name]!, areas);
    }
  });

  it.skipIf(!hasProc)("areas agree with pROC to 1e-10, intervals and tests to 1e-8 (needs R with pROC)", () => {
    const script = fileURLToPath(new URL("../reference/live.R", import.meta.url));
    const rows = sets.flatMap(({ labels, a, b }, k) => labels.map((label, i) => `${k} ${label} ${a[i]} ${b[i]}`));
    const { stdout, stderr, status } = spawnSync("Rscript", [script], {
      input: `set label a b\n${rows.join("\n")}\n`,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    expect(status, stderr).toBe(0);
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => Object.fromEntries(line.split(" ").map((pair) => [pair.split("=")[0]!, Number(pair.split("=")[1])])));
    expect(answers).toHaveLength(200);
    const compared = new Map<string, number>();
    const compare = (name: string, value: number, answer: number | undefined, closeness: typeof areas) => {
      // pROC says NA for a standardized area below chance, and for a test of curves without variance.
      if (answer === undefined || Number.isNaN(answer)) return;
      compared.set(name, (compared.get(name) ?? 0) + 1);
      expectClose(value, answer, closeness);
    };
    for (const [k, { labels, a, b }] of sets.entries()) {
      const answer = answers[k]!;
      const raw = { raw: true };
      compare("auroc", auroc(labels, a), answer["auroc"], areas);
      compare("sensRaw", partialAuroc(labels, a, { minTruePositiveRate: 0.8 }, raw), answer["sensRaw"], areas);
      compare("sensMcClish", partialAuroc(labels, a, { minTruePositiveRate: 0.8 }), answer["sensMcClish"], areas);
      compare("specRaw", partialAuroc(labels, a, { specificity: [0.9, 1] }, raw), answer["specRaw"], areas);
      compare("specMcClish", partialAuroc(labels, a, { specificity: [0.9, 1] }), answer["specMcClish"], areas);
      compare("middleRaw", partialAuroc(labels, a, { sensitivity: [0.6, 0.9] }, raw), answer["middleRaw"], areas);
      const interval = delongInterval(labels, a);
      compare("low", interval.low, answer["low"], intervals);
      compare("high", interval.high, answer["high"], intervals);
      const paired = delong(labels, a, b);
      compare("z", paired.z, answer["z"], { absolute: 1e-8 });
      compare("p", paired.p, answer["p"], intervals);
      const unpaired = delongUnpaired({ labels, scores: a }, { labels, scores: b });
      compare("t", unpaired.t, answer["t"], { absolute: 1e-8 });
      compare("df", unpaired.degreesOfFreedom, answer["df"], { absolute: 0, ...{ relative: 1e-8 } });
      compare("unpairedP", unpaired.p, answer["unpairedP"], intervals);
      if (answer["slope"] !== undefined) {
        const { slope, intercept } = calibrationSlope(labels, a);
        compare("slope", slope.estimate, answer["slope"], intervals);
        compare("slopeError", slope.standardError, answer["slopeError"], intervals);
        compare("intercept", intercept.estimate, answer["intercept"], intervals);
      }
    }
    // Nothing may have been passed over in silence: at least half of the sets have each number.
    expect(Math.min(...compared.values())).toBeGreaterThanOrEqual(100);
    expect(compared.size).toBe(16);
  });
});
