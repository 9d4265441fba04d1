import { type Threshold, thresholdLine } from "@mammo/testing/threshold";

/** A line each; the process ends with 1 where one is not reached. */
export function printThresholds(...thresholds: readonly Threshold[]): void {
  process.stdout.write(`${thresholds.map(thresholdLine).join("\n")}\n`);
  if (thresholds.some(({ reached }) => !reached)) process.exitCode = 1;
}
