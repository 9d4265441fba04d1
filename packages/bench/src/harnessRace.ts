/** One rival: does its whole work in one call, and keeps no result alive. */
export interface Contender {
  readonly name: string;
  /** One iteration. A rival that times itself (another process) gives back its seconds; else the call is timed. */
  iterate(): number | undefined | Promise<number | undefined> | Promise<void> | void;
  /** Work units in one iteration (images, FLOP, cases), for a rate; name the unit in `RaceOptions.unit`. */
  readonly work?: number;
}

export interface RaceOptions {
  /** Timed rounds; in each, every contender runs once. */
  readonly rounds: number;
  /** Untimed iterations of each contender beforehand: compilers and caches settle. */
  readonly warmups: number;
  /** What `Contender.work` counts, for the table: "images". */
  readonly unit?: string;
}

/** Seconds of one contender over the rounds. */
export interface Result {
  readonly name: string;
  readonly seconds: readonly number[];
  readonly median: number;
  readonly firstQuartile: number;
  readonly thirdQuartile: number;
  /** Calls in one timing: more than one where a single call is too short for the clock. */
  readonly calls: number;
  readonly work?: number;
}

export interface Race {
  readonly title: string;
  readonly unit?: string;
  readonly results: readonly Result[];
}

// Below this a timing is mostly the clock and the scheduler.
const shortestTiming = 2e-3;

/**
 * Times the contenders round-robin, so that a slow moment of the machine falls on all of them.
 *
 * The order turns by one each round: nobody always runs on the caches that the same rival has left.
 */
export async function runRace(title: string, contenders: readonly Contender[], options: RaceOptions): Promise<Race> {
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
  const results = contenders.map(({ name, work }, i): Result => {
    const [firstQuartile, median, thirdQuartile] = [0.25, 0.5, 0.75].map((p) => quantile(seconds[i]!, p)) as [number, number, number];
    return { name, seconds: seconds[i]!, median, firstQuartile, thirdQuartile, calls: calls[i]!, ...(work === undefined ? {} : { work }) };
  });
  return { title, ...(options.unit === undefined ? {} : { unit: options.unit }), results };
}

/**
 * How many times faster `ours` is than `rival`: the median over the rounds of rival's time / our time.
 *
 * Rounds are compared with themselves, since both ran in the same moment of the machine. Throws RangeError for an unknown name.
 */
export function speedup(race: Race, ours: string, rival: string): number {
  const [mine, theirs] = [ours, rival].map((name) => {
    const found = race.results.find((result) => result.name === name);
    if (!found) throw new RangeError(`Expected one of ${race.results.map((result) => result.name).join(", ")}, got ${name}`);
    return found.seconds;
  }) as [readonly number[], readonly number[]];
  return quantile(
    mine.map((second, round) => theirs[round]! / second),
    0.5,
  );
}

/** Linear between order statistics (type 7 of Hyndman and Fan). */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
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
