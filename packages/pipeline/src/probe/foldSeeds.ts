/** Seeds of as many deals of the folds, the first as it was given. */
export const foldSeeds = (seed: number, repeats: number): number[] => Array.from({ length: repeats }, (_, repeat) => (seed + repeat) % 2 ** 32);
