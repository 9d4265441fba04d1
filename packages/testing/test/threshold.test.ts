import { describe, expect, it } from "vitest";
import { threshold, thresholdLine } from "../src/threshold.ts";

describe("thresholds", () => {
  it("close a program with one line each", () => {
    expect(thresholdLine(threshold("conv.speedup", 2.34567, ">=", 2))).toBe("bar conv.speedup 2.346 >= 2 ok");
    expect(thresholdLine(threshold("leak", 3, "=", 0))).toBe("bar leak 3 = 0 short");
    expect(threshold("nan", NaN, "<=", 1).reached).toBe(false);
    expect(() => threshold("two words", 1, ">", 0)).toThrow(RangeError);
  });
});
