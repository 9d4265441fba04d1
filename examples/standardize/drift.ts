import type { Measurement } from "./measure.ts";
import { type TwoModes, twoModes } from "./twoModes.ts";

/** Whether the breast's proportions have one mode or two, in the commonest view: as we make the pictures, and stretched. */
export interface Drift {
  readonly view: string;
  readonly of: readonly Measurement[];
  readonly ours: TwoModes;
  readonly stretched: TwoModes;
}

export function drift(measurements: readonly Measurement[]): Drift {
  const counts = new Map<string, number>();
  for (const { view } of measurements) counts.set(view, (counts.get(view) ?? 0) + 1);
  const view = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  const of = measurements.filter((one) => one.view === view);
  return { view, of, ours: twoModes(of.map(({ aspect }) => aspect)), stretched: twoModes(of.map(({ stretchedAspect }) => stretchedAspect)) };
}
