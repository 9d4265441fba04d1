import { quantile, sortedNumbers } from "@mammo/mammogram";

/** One implementation or setting that is timed: does its whole work in one call, and keeps no result alive. */
export interface Contender {
  readonly name: string;
  /** One iteration. A contender that times itself (another process) returns its seconds; else the call is timed. */
  iterate(): number | undefined | Promise<number | undefined> | Promise<void> | void;
  /** Work units in one iteration (images, FLOP, cases), for a rate; name the unit in `ComparisonOptions.unit`. */
  readonly work?: number;
}

export interface ComparisonOptions {
  /** Timed rounds; in each, every contender runs once. */
  readonly rounds: number;
  /** Untimed iterations of each contender beforehand: compilers and caches settle. */
  readonly warmups: number;
  /** What `Contender.work` counts, for the table: "images". */
  readonly unit?: string;
}

/** Seconds of one contender over the rounds. */
export interface Timing {
  readonly name: string;
  readonly seconds: readonly number[];
  readonly median: number;
  readonly firstQuartile: number;
  readonly thirdQuartile: number;
  /** Calls in one timing: more than one where a single call is too short for the clock. */
  readonly calls: number;
  readonly work?: number;
}

export interface Comparison {
  readonly title: string;
  readonly unit?: string;
  readonly timings: readonly Timing[];
}

// Below this a timing is mostly the clock and the scheduler.
const shortestTiming = 2e-3;

/**
 * Times the contenders round-robin, so that a slow moment of the machine affects all of them.
 *
 * The order turns by one each round: none always runs on the caches that the same other one has left.
 */
export async function compareTimes(title: string, contenders: readonly Contender[], options: ComparisonOptions): Promise<Comparison> {
  if (contenders.length === 0) throw new RangeError(`Expected at least one contender in ${JSON.stringify(title)}, got none`);
  if (!(options.rounds >= 1)) throw new RangeError(`Expected rounds >= 1, got ${options.rounds}`);
  const calls: number[] = [];
  for (const contender of contenders) {
    for (let i = 0; i < options.warmups; i++) await time(contender, 1);
    calls.push(Math.max(1, Math.ceil(shortestTiming / Math.max(await time(contender, 1), 1e-7))));
  }
  const seconds: number[][] = contenders.map(() => []);
  for (let round = 0; round < options.rounds; round++)
    for (let turn = 0; turn < contenders.length; turn++) {
      const i = (round + turn) % contenders.length;
      seconds[i]!.push(await time(contenders[i]!, calls[i]!));
    }
  const timings = contenders.map(({ name, work }, i): Timing => {
    const [firstQuartile, median, thirdQuartile] = [0.25, 0.5, 0.75].map((p) => quantile(sortedNumbers(seconds[i]!), p)) as [number, number, number];
    return { name, seconds: seconds[i]!, median, firstQuartile, thirdQuartile, calls: calls[i]!, ...(work === undefined ? {} : { work }) };
  });
  return { title, ...(options.unit === undefined ? {} : { unit: options.unit }), timings };
}

/**
 * How many times faster a contender is than the baseline: the median over the rounds of the baseline's time / its time.
 *
 * Each round is compared with itself, since both ran in the same moment of the machine.
 *
 * @throws RangeError for an unknown name
 */
export function speedup({ timings }: Comparison, contender: string, baseline: string): number {
  const [own, baselines] = [contender, baseline].map((name) => {
    const found = timings.find((timing) => timing.name === name);
    if (!found) throw new RangeError(`Expected one of ${timings.map((timing) => timing.name).join(", ")}, got ${name}`);
    return found.seconds;
  }) as [readonly number[], readonly number[]];
  return quantile(sortedNumbers(own.map((second, round) => baselines[round]! / second)), 0.5);
}

/** Seconds of one call, from `calls` calls in a row. */
async function time(contender: Contender, calls: number): Promise<number> {
  const start = performance.now();
  let own = 0;
  let timesItself = false;
  for (let call = 0; call < calls; call++) {
    // A synchronous iteration is not awaited: a turn of the event loop would be part of its time.
    const returned = contender.iterate();
    const seconds = returned instanceof Promise ? await returned : returned;
    if (typeof seconds === "number") {
      own += seconds;
      timesItself = true;
    }
  }
  return (timesItself ? own : (performance.now() - start) / 1000) / calls;
}
