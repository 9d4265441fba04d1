import { batchNormFinish } from "./batchNorm";
import { batchNormGradBegin, batchNormGradFinish } from "./batchNormGradient";
import { BatchNormJob } from "./batchNormJob";
import { JOB } from "./pool";

export { run, serve } from "./pool";

export function finishBatchNorm(control: usize): void {
  batchNormFinish(changetype<BatchNormJob>(control + JOB));
}
export function beginBatchNormGrad(control: usize): void {
  batchNormGradBegin(changetype<BatchNormJob>(control + JOB));
}
export function finishBatchNormGrad(control: usize): void {
  batchNormGradFinish(changetype<BatchNormJob>(control + JOB));
}
// Exported only to be kept whole: the compiler would inline what has one caller, and one function with all tiles runs out of registers.
export * from "./tiles";
