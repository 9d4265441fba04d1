import { keyedRandom, type Random } from "@mammo/mammogram";

/** A population of exam scores (logits) to draw from. */
export interface Population {
  readonly name: string;
  readonly draw: (random: Random) => number;
}

/** Scores like a screening programme's: mostly healthy, 0.6 % cancers. Ours, in its numbers. */
export const syntheticPopulation: Population = {
  name: "synthetic",
  draw: (random) => (random.chance(0.006) ? 0.5 + 1.4 * random.normal() : -3 + random.normal() + 0.5 * Math.abs(random.normal())),
};

/** Draws from measured scores with replacement, moved by a hundredth of their spread so that no two are equal. */
export function measuredPopulation(name: string, scores: readonly number[]): Population {
  const mean = scores.reduce((sum, score) => sum + score / scores.length, 0);
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2 / scores.length, 0));
  return { name, draw: (random) => random.pick(scores) + 0.01 * spread * random.normal() };
}

/** What another device does to a score, in units of the population's spread about its middle: higher, wider, bent upward or downward. */
export const deviceShifts = {
  higher: (z) => z + 0.6,
  lower: (z) => z - 0.6,
  wider: (z) => 1.8 * z,
  bent: (z) => z + 0.5 + 0.35 * Math.log1p(Math.exp(z)),
} as const satisfies Readonly<Record<string, (z: number) => number>>;

/** A device's view of a population. */
export function onDevice(population: Population, shift: (z: number) => number, seed: number): Population {
  const random = keyedRandom(seed, "spread", population.name);
  const sample = Array.from({ length: 4000 }, () => population.draw(random));
  const mean = sample.reduce((sum, score) => sum + score / sample.length, 0);
  const spread = Math.sqrt(sample.reduce((sum, score) => sum + (score - mean) ** 2 / sample.length, 0));
  return { name: population.name, draw: (draws) => mean + spread * shift((population.draw(draws) - mean) / spread) };
}

export const drawScores = ({ draw }: Population, count: number, random: Random): Float64Array =>
  Float64Array.from({ length: count }, () => draw(random));
