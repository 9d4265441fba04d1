import { type Bimodality, bimodality } from "./bimodality.ts";
import type { Measurement } from "./measure.ts";

/** Whether the breast's proportions have one mode or two, in the commonest view: as standardized, and stretched to one size. */
export interface Drift {
  readonly view: string;
  readonly of: readonly Measurement[];
  readonly standardized: Bimodality;
  readonly stretched: Bimodality;
}

/** Compares the proportions of the breast in the commonest view. */
export function drift(measurements: readonly Measurement[]): Drift {
  const counts = new Map<string, number>();
  for (const { view } of measurements) counts.set(view, (counts.get(view) ?? 0) + 1);
  const view = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  const of = measurements.filter((one) => one.view === view);
  return {
    view,
    of,
    standardized: bimodality(of.map(({ aspect }) => aspect)),
    stretched: bimodality(of.map(({ stretchedAspect }) => stretchedAspect)),
  };
}
