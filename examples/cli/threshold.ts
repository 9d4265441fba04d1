/** A measured value beside what is asked of it. */
export interface Threshold {
  readonly line: string;
  readonly reached: boolean;
}

/** The closing line of a program that measures itself: `bar NAME VALUE OP TARGET ok|short`. */
export function threshold(name: string, value: number, comparison: "<=" | ">=", target: number): Threshold {
  const reached = comparison === "<=" ? value <= target : value >= target;
  return { reached, line: `bar ${name} ${Number(value.toPrecision(4))} ${comparison} ${target} ${reached ? "ok" : "short"}` };
}

/** Prints the lines; the process ends with 1 where one is not reached. */
export function printThresholds(thresholds: readonly Threshold[]): void {
  process.stdout.write(`${thresholds.map(({ line }) => line).join("\n")}\n`);
  if (thresholds.some(({ reached }) => !reached)) process.exitCode = 1;
}
