import { hasWidth } from "./warnings.ts";

interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** 0.8237 [0.7485, 0.8988]; an estimate that does not exist is told as such, and an interval without width is none. */
export function withInterval({ estimate, low, high }: Interval, digits = 3): string {
  if (Number.isNaN(estimate)) return "undefined";
  return `${estimate.toFixed(digits)} ${hasWidth({ low, high }) ? `[${low.toFixed(digits)}, ${high.toFixed(digits)}]` : "[no interval]"}`;
}

/** Degrees of freedom. */
export const degrees = (df: number): string => (df < 1e6 ? df.toFixed(1) : df < Infinity ? df.toExponential(1) : "infinite");

/** Below a thousandth it says no more. */
export const pValue = (p: number): string => (Number.isNaN(p) ? "undefined" : p < 0.001 ? "< 0.001" : p.toFixed(4));

export const percent = (rate: number) => (Number.isNaN(rate) ? "undefined" : `${(100 * rate).toFixed(rate < 0.01 ? 2 : 1)} %`);
