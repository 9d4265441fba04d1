import { rangeError } from "../cases/checkCases.ts";

/** Gives back a share of an interval; throws RangeError unless it is in (0, 1). */
export function checkConfidence(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw rangeError("confidence in (0, 1)", confidence);
  return confidence;
}
