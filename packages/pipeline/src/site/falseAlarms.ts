/** A cumulative sum chart: what each kind of outcome adds, and how often it comes while nothing has changed. */
export interface Increments {
  readonly probabilities: readonly number[];
  /** Of an outcome under the change, over that under no change; natural logarithms. */
  readonly logRatios: readonly number[];
}

/** States between 0 and the limit. */
const states = 400;

/**
 * The limit of a cumulative sum at which the chance of any alarm in `exams` exams without a change is at most `chance`.
 *
 * By the Markov chain of Brook and Evans (1972) on 400 states, each step rounded up, so that the chance is over- and not underestimated.
 *
 * @throws RangeError for a chance outside (0, 1) and exams < 1.
 */
export function limitFor(increments: Increments, { exams, chance }: { readonly exams: number; readonly chance: number }): number {
  if (!(chance > 0 && chance < 1)) throw new RangeError(`Expected chance in (0, 1), got ${chance}`);
  if (!(Number.isInteger(exams) && exams >= 1)) throw new RangeError(`Expected exams to be a whole number >= 1, got ${exams}`);
  // ln(exams / chance) is enough for certain, by Ville's inequality for the sum of all likelihood ratios.
  let [low, high] = [0.5, Math.log(exams / chance)];
  for (let step = 0; step < 14; step++) {
    const middle = (low + high) / 2;
    if (alarmChance(increments, middle, exams) <= chance) high = middle;
    else low = middle;
  }
  return high;
}

/** Chance that the sum reaches the limit within so many exams, nothing having changed. */
export function alarmChance({ probabilities, logRatios }: Increments, limit: number, exams: number): number {
  const width = limit / states;
  const steps = logRatios.map((ratio) => Math.ceil(ratio / width));
  let now = new Float64Array(states);
  now[0] = 1;
  let left = 1;
  for (let exam = 0; exam < exams; exam++) {
    const next = new Float64Array(states);
    left = 0;
    for (let state = 0; state < states; state++) {
      const here = now[state]!;
      if (here === 0) continue;
      for (let k = 0; k < steps.length; k++) {
        const to = Math.max(0, state + steps[k]!);
        if (to >= states) continue;
        const moved = here * probabilities[k]!;
        next[to]! += moved;
        left += moved;
      }
    }
    // From here on the same share is lost with each exam.
    if (exam > 4000) {
      const share = left / now.reduce((sum, value) => sum + value, 0);
      return 1 - left * share ** (exams - exam - 1);
    }
    now = next;
  }
  return 1 - left;
}
