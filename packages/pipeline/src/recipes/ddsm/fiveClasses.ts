import { type DetectorNet, detectorClasses, detectorNet, loadWeights, saveWeights } from "@mammo/models";
import type { NamedArray } from "@mammo/weights";

/** The layer of the logits. */
const last = "conv9/";

/** A detector without the logits behind its five classes: what S1 asked for beside them has done its work. The caller owns it; the other stays as it is. */
export async function fiveClasses(detector: DetectorNet): Promise<DetectorNet> {
  const { width, seed, classes } = detector.options;
  const weights = Object.entries(await saveWeights(detector)).map(
    ([name, array]) => [name, name.startsWith(last) ? firstOf(array, classes.length) : array] as const,
  );
  const five = detectorNet({ width, seed });
  loadWeights(five, Object.fromEntries(weights));
  return five;
}

/** The first five of the last axis. */
function firstOf({ shape, data }: NamedArray, from: number): NamedArray {
  const wanted = detectorClasses.length;
  return { shape: [...shape.slice(0, -1), wanted], data: (data as Float32Array).filter((_, at) => at % from < wanted) };
}
