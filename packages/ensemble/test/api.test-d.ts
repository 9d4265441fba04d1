// What may not compile; the type check fails where one of these lines does.
import { type Calibrator, deciles, fitScale, poolProbabilities, type Score, type ScoreScale, shiftPrevalence } from "../src/index.ts";

// @ts-expect-error two numbers of one kind are named
shiftPrevalence(0.5, 0.5, 0.0035);
// @ts-expect-error a scale names the population that it was cut from
fitScale("deciles", [0.1, 0.2]);
// @ts-expect-error there is no score 0
export const score: Score = 0;
// @ts-expect-error nine cuts, no fewer
export const scale: ScoreScale = { name: "short", cuts: [0.5] };
// @ts-expect-error a Platt calibrator has an intercept
export const calibrator: Calibrator = { kind: "platt", slope: 1 };
// @ts-expect-error weights are an option
poolProbabilities([0.1, 0.2], [1, 2]);
// @ts-expect-error shared constants are read-only
deciles[0] = 0.2;
