import { type Runner, tfjsRunner } from "@mammo/models";

/** A place where graphs may run, by its name. */
export interface RunnerKind {
  readonly name: string;
  readonly start: () => Runner;
}

/** TensorFlow.js on its current backend. */
export const tfjsKind: RunnerKind = { name: "tfjs", start: () => tfjsRunner };

/** What a trial has shown. */
export interface RunnerTrial {
  readonly chosen: RunnerKind;
  /** Of the fastest of each one's runs, by the names of the kinds. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** Together, once each is warm. */
const trialMilliseconds = 1000;
/** What another than the first must save: what two trials tell apart in the same way. */
const worthwhile = 0.9;

/**
 * The fastest of some places by a trial of a second, in turns: the first, unless another takes a tenth less. Ours.
 *
 * @throws what `run` throws.
 * @example const { chosen } = await fastestRunner([tfjsKind, onnxKind], (runner) => examineView(model, image, { runner }));
 */
export async function fastestRunner(kinds: readonly RunnerKind[], run: (runner: Runner) => Promise<unknown>): Promise<RunnerTrial> {
  const trials = kinds.map((kind) => ({ kind, runner: kind.start(), fastest: Number.POSITIVE_INFINITY }));
  try {
    for (const { runner } of trials) await run(runner);
    const begin = performance.now();
    do {
      for (const trial of trials) {
        const start = performance.now();
        await run(trial.runner);
        trial.fastest = Math.min(trial.fastest, performance.now() - start);
      }
    } while (performance.now() - begin < trialMilliseconds);
  } finally {
    for (const { runner } of trials) await runner.dispose();
  }
  const [first, ...others] = trials as [(typeof trials)[number], ...typeof trials];
  const best = others.reduce((best, one) => (one.fastest < best.fastest ? one : best), first);
  const chosen = best.fastest <= worthwhile * first.fastest ? best : first;
  return { chosen: chosen.kind, milliseconds: Object.fromEntries(trials.map(({ kind, fastest }) => [kind.name, fastest])) };
}
