import { type Operator, type Threshold, threshold } from "@mammo/testing/threshold";
import { type Child, type ChildOptions, startChild } from "./child.ts";
import { type Comparison, type ComparisonOptions, type Contender, compareTimes } from "./comparison.ts";
import type { Machine } from "./machine.ts";

/** One bench, a file in `benches/`: `export const bench: Bench = { name: "conv", async run(harness) { ... } }`. */
export interface Bench {
  readonly name: string;
  run(harness: Harness): Promise<void>;
}

/** A table of results that are not times: bytes, counts, errors. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** All that one run of a bench found. */
export interface Findings {
  readonly comparisons: readonly Comparison[];
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
  readonly thresholds: readonly Threshold[];
}

export interface Harness {
  readonly machine: Machine;
  /** True with `--quick`: fewer rounds; a bench may take smaller inputs too, and says so in a note. */
  readonly quick: boolean;
  /** Times the contenders round-robin in this very run. The first one is what the table relates the others to. */
  compare(title: string, contenders: readonly Contender[], options?: Partial<ComparisonOptions>): Promise<Comparison>;
  /** Starts a contender in another process; undefined, with a note, where it cannot run here. */
  child(options: ChildOptions): Promise<Child | undefined>;
  table(table: Table): void;
  /** A sentence for the page: what was not measured, and why. */
  note(text: string): void;
  /** States a threshold; its line is printed with the others at the very end. */
  threshold(name: string, value: number, operator: Operator, target: number): void;
}

/** A harness and what has been gathered by it so far. `print` is called with a line after each comparison. */
export function makeHarness(settings: {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly rounds?: number;
  readonly print: (line: string) => void;
}) {
  const { machine, quick, print } = settings;
  const comparisons: Comparison[] = [];
  const tables: Table[] = [];
  const notes: string[] = [];
  const thresholds: Threshold[] = [];
  const children: Child[] = [];
  const harness: Harness = {
    machine,
    quick,
    async compare(title, contenders, options) {
      const comparison = await compareTimes(title, contenders, { rounds: settings.rounds ?? (quick ? 5 : 15), warmups: quick ? 1 : 3, ...options });
      comparisons.push(comparison);
      for (const { name, median, firstQuartile, thirdQuartile } of comparison.timings)
        print(`${title}: ${name} ${milliseconds(median)} ms (${milliseconds(firstQuartile)} to ${milliseconds(thirdQuartile)})`);
      return comparison;
    },
    async child(options) {
      const started = await startChild(options);
      if ("missing" in started) {
        harness.note(`${options.name} did not run: ${started.missing}`);
        return undefined;
      }
      children.push(started);
      return started;
    },
    table: (table) => void tables.push(table),
    note(text) {
      notes.push(text);
      print(`note: ${text}`);
    },
    threshold: (...stated) => void thresholds.push(threshold(...stated)),
  };
  const findings: Findings = { comparisons, tables, notes, thresholds };
  const close = () => {
    for (const child of children) child.stop();
  };
  return { harness, findings, close };
}

/** Seconds -> milliseconds with three significant digits. */
export function milliseconds(seconds: number): string {
  return Number((seconds * 1000).toPrecision(3)).toString();
}
