// npm run calibrate: what a bundle's logits mean, fitted anew on exams of known outcome, and tried on others.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { calibrate, logit } from "@mammo/ensemble";
import { json } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import { bundleFileName, type CalibrationMetrics, evaluateCalibration } from "@mammo/pipeline";
import {
  calibrationTable,
  loadBundle,
  phantomCohort,
  predictCohort,
  type Recalibration,
  readBreasts,
  recalibrate,
  saveRecalibrated,
} from "@mammo/pipeline/node";
import { threshold } from "@mammo/testing/threshold";
import { openRun } from "../cli/openRun.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage: "npm run calibrate -- --bundle DIR --predictions DIR [--test DIR] [--out DIR]   or   npm run calibrate -- --bundle DIR --demo",
    about:
      "Fits calibrator and scale of a bundle anew on exams of known outcome: --predictions is a folder of npm run predict with this bundle. Writes a new bundle; --test, a folder of other exams, tells what its probabilities are worth.",
    options: {
      bundle: { kind: "text", default: "runs/phantom/bundle", help: "the bundle that the predictions were made with" },
      predictions: { kind: "text", help: "folder of npm run predict: predictions.tsv and labels.tsv; each woman's latest labeled exam counts" },
      test: { kind: "text", help: "such a folder of other women, on whom the new probabilities are tried" },
      scale: { kind: "text", choices: ["deciles", "risk"], default: "deciles", help: "scores at deciles of the women, or anchored on risk" },
      prevalence: {
        kind: "number",
        range: [1e-6, 0.999999],
        help: "with --scale risk: share of cancers where the scores will be used (default that of the women)",
      },
      out: { kind: "text", default: "runs/calibrate", help: "folder of the new bundle (bundle/) and calibration.json" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 30], integer: true, help: "of resamples, and of the demonstration's women" },
      demo: { kind: "flag", help: "instead: on two cohorts of phantoms, which are made and scored first" },
      women: {
        kind: "number",
        default: 600,
        range: [100, 100_000],
        integer: true,
        help: "with --demo: women of each cohort, half of them with a cancer",
      },
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const { seed, demo, out: folder } = values;
    if (demo && (values.predictions ?? values.test) !== undefined)
      throw new UsageError("Expected either --demo or folders of predictions, got both; see --help");
    if (!demo && values.predictions === undefined) throw new UsageError("Expected --predictions DIR, a folder of npm run predict; see --help");
    const bundle = await loadBundle(values.bundle);
    const bundleSha256 = sha256(await bundle.readFile(bundleFileName));
    const { scale, prevalence, women } = values;
    const { release } = await openRun(
      folder,
      { recipe: "calibrate", bundle: bundleSha256, scale, prevalence, seed, ...(demo ? { women } : {}) },
      values,
    );
    try {
      const [from, to] = demo ? await makeDemo(folder, { bundle, women, seed }) : [values.predictions!, values.test];
      const fitted = await readBreasts(from!);
      const found = recalibrate(bundle, fitted.breasts, {
        ...{ scale: scale as "deciles" | "risk", sha256: fitted.sha256, seed },
        ...(prevalence === undefined ? {} : { prevalence }),
      });
      await saveRecalibrated(join(folder, "bundle"), bundle, found);
      process.stdout.write(describe(found));
      const tested = to === undefined ? undefined : await readBreasts(to);
      const test = tested && evaluateCalibration(tested.breasts, { calibrator: found.correction, fittedPrevalence: found.prevalence, seed });
      if (test) process.stdout.write(`\n${table(calibrationTable(test))}`);
      const inputs = { bundle: bundleSha256, predictions: fitted.sha256, ...(tested ? { test: tested.sha256 } : {}) };
      await writeFileAtomically(join(folder, "calibration.json"), json({ inputs, seed, ...found, ...(test ? { test } : {}) }));
      process.stdout.write(`\nwrote ${join(folder, "bundle")} and calibration.json\n`);
      if (demo && test) printThresholds(...thresholdsOf(found, test));
    } finally {
      await release();
    }
  },
);

function describe({ women, breasts, cancers, correction, scale, stability }: Recalibration): string {
  const half = calibrate(correction, logit(0.5));
  return (
    `fitted on ${breasts} breasts of ${women} women, ${cancers} with cancer: slope ${correction.slope.toFixed(3)}, what was 50 % is ${(100 * half).toFixed(1)} %\n` +
    `scale: ${scale.name}, cuts ${scale.cuts.map((cut) => cut.toPrecision(3)).join(", ")}\n` +
    `other women would move ${(100 * stability.moved).toFixed(1)} % of the scores, ${(100 * stability.movedFar).toFixed(2)} % by more than one\n`
  );
}

function* thresholdsOf({ stability }: Recalibration, { expectedCalibrationError, slope, screening }: CalibrationMetrics) {
  yield threshold("calibrate.phantom.error", expectedCalibrationError.estimate, "<=", 0.03);
  yield threshold("calibrate.phantom.slope-low", slope.estimate, ">=", 0.9);
  yield threshold("calibrate.phantom.slope-high", slope.estimate, "<=", 1.1);
  yield threshold("calibrate.phantom.expected-low", screening.expectedPerThousand.low, "<=", screening.observedPerThousand);
  yield threshold("calibrate.phantom.expected-high", screening.expectedPerThousand.high, ">=", screening.observedPerThousand);
  yield threshold("calibrate.phantom.moved-far", stability.movedFar, "<=", 0.02);
}

/** Two cohorts of phantoms scored by the bundle; what a killed run has made stays. */
async function makeDemo(
  folder: string,
  { bundle, women, seed }: { readonly bundle: Awaited<ReturnType<typeof loadBundle>>; readonly women: number; readonly seed: number },
): Promise<readonly [string, string]> {
  await selectBackend();
  const made: string[] = [];
  for (const [index, name] of ["calibration", "test"].entries()) {
    // Seeds of no other cohort here, and enough cancers for a slope.
    const plan = { phase: `${name} women`, women, seed: 1000 + 2 * seed + index, cancerShare: 0.5 };
    const cohort = await withProgress(phantomCohort(join(folder, `cohort-${name}`), plan));
    await withProgress(predictCohort(cohort, bundle, { folder: join(folder, name) }));
    made.push(join(folder, name));
  }
  return [made[0]!, made[1]!];
}
