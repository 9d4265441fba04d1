import { assert, expect } from "vitest";

/** Allowed difference: |actual - expected| <= absolute + relative * |expected|. */
export interface Closeness {
  /** Default 0. */
  readonly absolute?: number;
  /** Default 0. */
  readonly relative?: number;
}

/**
 * Expects one number, or each of a list, to be close to the expected one.
 *
 * NaN is close to NaN, an infinity to itself. The message names the worst element.
 *
 * @example expectClose(auroc(labels, scores), 0.8236788, { absolute: 1e-7 });
 */
export function expectClose(actual: number | ArrayLike<number>, expected: number | ArrayLike<number>, closeness: Closeness): void {
  const { absolute = 0, relative = 0 } = closeness;
  const came = typeof actual === "number" ? [actual] : Array.from(actual);
  const wanted = typeof expected === "number" ? [expected] : Array.from(expected);
  expect(came.length, "number of elements").toBe(wanted.length);
  let worst = 0;
  let message = "";
  wanted.forEach((want, i) => {
    const got = came[i]!;
    if (Object.is(got, want) || got === want) return;
    const distance = Math.abs(got - want);
    const allowed = absolute + relative * Math.abs(want);
    const excess = Number.isNaN(distance) || !Number.isFinite(want) ? Infinity : distance - allowed;
    if (excess <= worst) return;
    worst = excess;
    message = `Expected element ${i} within ${allowed} of ${want}, got ${got} (off by ${distance})`;
  });
  if (message !== "") assert.fail(message);
}
