/** Base-36 steps from one tag to the next -> the tags. */
export function decodeSteps(steps: string): number[] {
  let tag = 0;
  return steps.split(",").map((step) => (tag += Number.parseInt(step, 36)));
}
