// npm run calibrate: what a bundle's logits mean, fitted anew on exams of known outcome, and tried on others.
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { calibrate, type FindingCalibrator, type LabeledFinding, logit } from "@mammo/ensemble";
import { json } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import { bundleFileName, type CalibrationMetrics, evaluateCalibration } from "@mammo/pipeline";
import {
  calibrationTable,
  correctFindings,
  evaluateFindings,
  loadBundle,
  phantomCohort,
  predictCohort,
  type Recalibration,
  readBreasts,
  readFindings,
  recalibrate,
  saveRecalibrated,
} from "@mammo/pipeline/node";
import { threshold } from "@mammo/testing/threshold";
import { openRun } from "../cli/openRun.ts";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { pairsOption, readPairs } from "../cli/readPairs.ts";
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
      pairs: pairsOption,
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
      json: jsonOption,
      resume: { kind: "flag", help: "go on with the run in --out" },
    },
  },
  async (values) => {
    const { seed, demo, out: folder } = values;
    const print = printer(values.json);
    if (demo && (values.predictions ?? values.test) !== undefined)
      throw new UsageError("Expected either --demo or folders of predictions, got both; see --help");
    if (!demo && values.predictions === undefined) throw new UsageError("Expected --predictions DIR, a folder of npm run predict; see --help");
    const bundle = await loadBundle(values.bundle);
    const bundleSha256 = sha256(await bundle.readFile(bundleFileName));
    const pairModel = await readPairs(values.pairs);
    const { scale, prevalence, women } = values;
    const { release } = await openRun(
      folder,
      { recipe: "calibrate", bundle: bundleSha256, scale, prevalence, seed, ...(pairModel && { pairModel }), ...(demo ? { women } : {}) },
      values,
    );
    try {
      const [from, to] = demo ? await makeDemo(folder, { bundle, women, seed }) : [values.predictions!, values.test];
      const fitted = await readBreasts(from!);
      const found = recalibrate(bundle, fitted.breasts, {
        ...{ scale: scale as "deciles" | "risk", sha256: fitted.sha256, seed, findings: await readFindings(from!) },
        ...(prevalence === undefined ? {} : { prevalence }),
      });
      await saveRecalibrated(join(folder, "bundle"), { ...bundle, ...(pairModel && { pairModel }) }, found);
      print.say(describe(found));
      const tested = to === undefined ? undefined : await readBreasts(to);
      const test = tested && evaluateCalibration(tested.breasts, { calibrator: found.correction, fittedPrevalence: found.prevalence, seed });
      if (test) print.say(`\n${table(calibrationTable(test))}`);
      const { findingCalibrator } = found;
      const ofTest = to === undefined || !findingCalibrator ? [] : correctFindings(await readFindings(to), found.correction);
      const findings = ofTest.length === 0 ? undefined : findingMetrics(ofTest, findingCalibrator!);
      if (findings) print.say(`\n${table(findingTable(findings))}`);
      const inputs = { bundle: bundleSha256, predictions: fitted.sha256, ...(tested ? { test: tested.sha256 } : {}) };
      const told = { inputs, seed, ...found, ...(test ? { test } : {}), ...(findings ? { findings } : {}) };
      await writeFileAtomically(join(folder, "calibration.json"), json(told));
      print.say(`\nwrote ${join(folder, "bundle")} and calibration.json\n`);
      const bars = demo && test ? [...thresholdsOf(found, test)] : [];
      printThresholds(print, ...bars);
      print.give({ folder, ...told, bars });
    } finally {
      await release();
    }
  },
);

/** On the findings of the test women: distances as they are, and as they were fitted. */
function findingMetrics(findings: readonly LabeledFinding[], calibrator: FindingCalibrator) {
  return {
    plain: evaluateFindings(findings, { kind: "finding calibrator", intercept: 0, breast: 1, view: 1, peak: 1 }),
    calibrated: evaluateFindings(findings, calibrator),
  };
}

function findingTable({ plain, calibrated }: ReturnType<typeof findingMetrics>): readonly (readonly (string | number)[])[] {
  const digits = (value: number) => value.toFixed(3);
  return [
    [`${plain.findings} findings, ${plain.cancers} on cancers`, "distances as they are", "calibrated"],
    ["expected calibration error", digits(plain.expectedCalibrationError), digits(calibrated.expectedCalibrationError)],
    ["cancers expected", plain.expected.toFixed(1), calibrated.expected.toFixed(1)],
  ];
}

function describe({ women, breasts, cancers, correction, scale, stability, findingCalibrator: of }: Recalibration): string {
  const half = calibrate(correction, logit(0.5));
  return (
    `fitted on ${breasts} breasts of ${women} women, ${cancers} with cancer: slope ${correction.slope.toFixed(3)}, what was 50 % is ${(100 * half).toFixed(1)} %\n` +
    (of
      ? `findings beside their breast's highest: ${of.findings} of known truth; the breast's logit counts ${of.breast.toFixed(2)}, a view's distance ${of.view.toFixed(2)}, a peak's ${of.peak.toFixed(2)}\n`
      : "") +
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
