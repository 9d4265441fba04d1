// What a bench room gets to work with. A room is a file `ROOM.ts` beside this one that exports `bench`.
import { type Bar, type Comparison, makeBar } from "./harnessBar.ts";
import { type Child, type ChildOptions, startChild } from "./harnessChild.ts";
import type { Machine } from "./harnessMachine.ts";
import { type Contender, type Race, type RaceOptions, runRace } from "./harnessRace.ts";

/** One room: `export const bench: Bench = { name: "conv", async run(harness) { ... } }`. */
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

/** All that one run of a room found. */
export interface Findings {
  readonly races: readonly Race[];
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
  readonly bars: readonly Bar[];
}

export interface Harness {
  readonly machine: Machine;
  /** True with `--quick`: fewer rounds; a room may take smaller inputs too, and says so in a note. */
  readonly quick: boolean;
  /** Times rivals round-robin in this very run. The first contender is the one the others are compared with. */
  race(title: string, contenders: readonly Contender[], options?: Partial<RaceOptions>): Promise<Race>;
  /** Starts a rival that lives in another process; undefined, with a note, where it cannot run here. */
  child(options: ChildOptions): Promise<Child | undefined>;
  table(table: Table): void;
  /** A sentence for the page: what was not measured, and why. */
  note(text: string): void;
  /** States a bar; it is printed with the others at the very end. */
  bar(name: string, value: number, comparison: Comparison, target: number): void;
}

/** A harness and what has been gathered by it so far. `say` gets a line after each race. */
export function makeHarness(settings: {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly rounds?: number;
  readonly say: (line: string) => void;
}) {
  const { machine, quick, say } = settings;
  const races: Race[] = [];
  const tables: Table[] = [];
  const notes: string[] = [];
  const bars: Bar[] = [];
  const children: Child[] = [];
  const harness: Harness = {
    machine,
    quick,
    async race(title, contenders, options) {
      const race = await runRace(title, contenders, { rounds: settings.rounds ?? (quick ? 5 : 15), warmups: quick ? 1 : 3, ...options });
      races.push(race);
      for (const { name, median, firstQuartile, thirdQuartile } of race.results)
        say(`${title}: ${name} ${milliseconds(median)} ms (${milliseconds(firstQuartile)} to ${milliseconds(thirdQuartile)})`);
      return race;
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
      say(`note: ${text}`);
    },
    bar: (...stated) => void bars.push(makeBar(...stated)),
  };
  const findings: Findings = { races, tables, notes, bars };
  const close = () => {
    for (const child of children) child.stop();
  };
  return { harness, findings, close };
}

/** Seconds -> milliseconds with three meaningful digits. */
export function milliseconds(seconds: number): string {
  return Number((seconds * 1000).toPrecision(3)).toString();
}
