import { freezeRanks } from "@mammo/ensemble";
import { keyedRandom, quantile, sortedNumbers } from "@mammo/mammogram";
import { alignDevice, alignScore, deviceAlarm, startAlarm, watchExam } from "@mammo/pipeline";
import { deviceShifts, drawScores, onDevice, type Population } from "./shiftedDevices.ts";

/** Of a threshold that recalls this share on the reference device. */
const referenceRecall = 0.1;
const referenceExams = 10_000;

/** Recall of unaligned and of aligned scores on a shifted device, over repeated draws of the exams that were aligned on. */
export interface AlignmentTrial {
  readonly population: string;
  readonly shift: string;
  readonly exams: number;
  readonly reference: number;
  readonly unaligned: number;
  /** Mean recall over the draws, and the distance of a draw from the reference's rate, relative to it: middle and 95th percentile. */
  readonly aligned: number;
  readonly medianError: number;
  readonly farError: number;
  /** Share of draws within 10 % of the reference's rate. */
  readonly within: number;
}

const recallOf = (scores: ArrayLike<number>, threshold: number) => Array.from(scores).filter((score) => score >= threshold).length / scores.length;

/** The reference of a population: frozen ranks, and the threshold of 10 % recall. */
function referenceOf(population: Population, seed: number) {
  const scores = drawScores(population, referenceExams, keyedRandom(seed, "reference", population.name));
  return { reference: freezeRanks(scores, { sha256: "0".repeat(64) }), threshold: quantile(sortedNumbers(scores), 1 - referenceRecall) };
}

/** Aligns draw after draw of unlabeled exams, and asks 20,000 other exams of the same device what the threshold recalls. */
export function trialAlignment(
  population: Population,
  shift: keyof typeof deviceShifts,
  { exams, draws, seed }: { readonly exams: number; readonly draws: number; readonly seed: number },
): AlignmentTrial {
  const { reference, threshold } = referenceOf(population, seed);
  const device = onDevice(population, deviceShifts[shift], seed);
  const others = drawScores(device, 20_000, keyedRandom(seed, "others", population.name, shift));
  const rates = Array.from({ length: draws }, (_, draw) => {
    const scores = drawScores(device, exams, keyedRandom(seed, "site", population.name, shift, exams, draw));
    const alignment = alignDevice(scores, reference, { device: shift, seed, resamples: 1 });
    return recallOf(
      others.map((score) => alignScore(alignment, score)),
      threshold,
    );
  });
  const errors = sortedNumbers(rates.map((rate) => Math.abs(rate / referenceRecall - 1)));
  return {
    population: population.name,
    shift,
    exams,
    reference: referenceRecall,
    unaligned: recallOf(others, threshold),
    aligned: rates.reduce((sum, rate) => sum + rate / draws, 0),
    medianError: quantile(errors, 0.5),
    farError: quantile(errors, 0.95),
    within: errors.filter((error) => error <= 0.1).length / draws,
  };
}

/** How soon a device's alarm is raised, and how often for nothing. */
export interface AlarmTrial {
  readonly population: string;
  readonly runs: number;
  /** Share of runs of `exams` exams without a change in which it was raised, and what was promised. */
  readonly falseAlarms: number;
  readonly promised: number;
  /** Exams from a shift that doubles recall to the alarm: middle and 95th percentile; share raised within 500. */
  readonly medianDelay: number;
  readonly farDelay: number;
  readonly within500: number;
}

/** Runs of a year without a change, and runs in which recall doubles after 1,000 exams: all scores higher by what that takes. */
export function trialAlarm(population: Population, { runs, seed }: { readonly runs: number; readonly seed: number }): AlarmTrial {
  const { reference, threshold } = referenceOf(population, seed);
  const alarm = deviceAlarm(reference, { threshold });
  const quiet = 1000;
  const scores = drawScores(population, 20_000, keyedRandom(seed, "lift", population.name));
  // Higher by as much as lies between the thresholds of single and double recall.
  const lift = threshold - quantile(sortedNumbers(scores), 1 - 2 * referenceRecall);
  let alarms = 0;
  const delays: number[] = [];
  for (let run = 0; run < runs; run++) {
    const random = keyedRandom(seed, "alarm", population.name, run);
    let state = startAlarm(alarm);
    for (let exam = 0; exam < alarm.exams && !state.raised; exam++) state = watchExam(alarm, state, population.draw(random));
    if (state.raised) alarms++;
    let moved = startAlarm(alarm);
    for (let exam = 0; exam < quiet + 3000 && !(moved.raised && moved.raised.exam > quiet); exam++) {
      // A false alarm before the change is looked into, and the watch begins anew.
      if (moved.raised) moved = { ...startAlarm(alarm), seen: exam };
      moved = watchExam(alarm, moved, population.draw(random) + (exam >= quiet ? lift : 0));
    }
    delays.push((moved.raised?.exam ?? Infinity) - quiet);
  }
  const sorted = sortedNumbers(delays);
  return {
    population: population.name,
    runs,
    falseAlarms: alarms / runs,
    promised: alarm.falseAlarmChance,
    medianDelay: quantile(sorted, 0.5),
    farDelay: quantile(sorted, 0.95),
    within500: delays.filter((delay) => delay <= 500).length / runs,
  };
}
