import { type Threshold, thresholdLine } from "@mammo/testing/threshold";
import type { Printer } from "./printer.ts";

/** A line each; the process ends with 1 where one is not reached. */
export function printThresholds({ say }: Printer, ...thresholds: readonly Threshold[]): void {
  say(thresholds.map((one) => `${thresholdLine(one)}\n`).join(""));
  if (thresholds.some(({ reached }) => !reached)) process.exitCode = 1;
}
