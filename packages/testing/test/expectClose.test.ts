import { describe, expect, it } from "vitest";
import { expectClose } from "../src/index.ts";

describe("expectClose", () => {
  it("accepts what lies within absolute + relative * |expected|", () => {
    expectClose(1.5, 1, { absolute: 0.5 });
    expectClose([99, -99], [100, -100], { relative: 0.01 });
    expectClose(new Float32Array([0.5, NaN, Infinity]), [0.5, NaN, Infinity], {});
  });

  it("names the element that is furthest off", () => {
    expect(() => expectClose([1, 2, 3], [1, 2.5, 5], { absolute: 0.1 })).toThrow(/element 2 within 0\.1 of 5, got 3/);
  });

  it("refuses another length, a NaN and a wrong infinity, however wide the tolerance", () => {
    expect(() => expectClose([1], [1, 1], { absolute: 9 })).toThrow(/number of elements/);
    expect(() => expectClose(NaN, 1, { absolute: 9 })).toThrow(/got NaN/);
    expect(() => expectClose(1, NaN, { absolute: 9 })).toThrow(/of NaN/);
    expect(() => expectClose(-Infinity, Infinity, { absolute: 9, relative: 1 })).toThrow(/got -Infinity/);
  });
});
