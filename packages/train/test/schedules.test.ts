import { expectClose } from "@mammo/testing";
import { emaWarmup, warmupCosine } from "@mammo/train";
import { describe, expect, it } from "vitest";

describe("warmupCosine", () => {
  const schedule = warmupCosine({ peak: 2, warmup: 4, total: 12 });

  it("rises in a line, peaks, halves half-way and ends at 0", () => {
    expectClose([0, 1, 2, 4, 8, 12, 99].map(schedule), [0, 0.5, 1, 2, 1, 0, 0], { absolute: 1e-12 });
  });

  it("begins at the peak without a warm-up", () => {
    expectClose([0, 2, 4].map(warmupCosine({ peak: 2, warmup: 0, total: 4 })), [2, 1, 0], { absolute: 1e-12 });
  });

  it("refuses a warm-up as long as the whole, or below 0", () => {
    expect(() => warmupCosine({ peak: 1, warmup: -1, total: 4 })).toThrow("Expected 0 <= warmup < total, got warmup -1 and total 4.");
    expect(() => warmupCosine({ peak: 1, warmup: 4, total: 4 })).toThrow("Expected 0 <= warmup < total, got warmup 4 and total 4.");
  });
});

// The numbers that the documentation of diffusers and timm gives for gamma 1.
describe("emaWarmup", () => {
  it.each([
    { power: 2 / 3, step: 31_600, decay: 0.999 },
    { power: 2 / 3, step: 1_000_000, decay: 0.9999 },
    { power: 3 / 4, step: 10_000, decay: 0.999 },
    { power: 3 / 4, step: 215_443, decay: 0.9999 },
  ])("with power $power is $decay at step $step", ({ power, step, decay }) => {
    expectClose(emaWarmup({ max: 1, power })(step), decay, { absolute: 1e-6 });
  });

  it("is 1 - (1 + step / gamma)^-power, with gamma 1 and power 2/3 by default", () => {
    expectClose(emaWarmup({ max: 1, gamma: 4, power: 2 })(4), 0.75, { absolute: 1e-12 });
    expectClose(emaWarmup({ max: 1 })(7), 0.75, { absolute: 1e-12 });
  });

  it("begins at 0, never falls and stays at its maximum", () => {
    const schedule = emaWarmup({ max: 0.9 });
    const values = Array.from({ length: 100 }, (_, step) => schedule(step));
    expect(values[0]).toBe(0);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBe(0.9);
  });
});
