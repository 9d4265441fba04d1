import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { stream } from "../src/random.ts";
import { cos, exp, sin, smoothStep } from "../src/steadyMath.ts";

describe("stream", () => {
  it("gives the same numbers for the same path, others for another", () => {
    const draw = (...path: (string | number)[]) => Array.from({ length: 4 }, stream(...path).bits);
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(draw(1, "a")).not.toEqual(draw(1, "b"));
    expect(draw(1, 12)).not.toEqual(draw(11, 2));
    expect(draw("1")).not.toEqual(draw(1));
  });

  it("draws from the distributions that it names", () => {
    const dice = stream("distributions");
    const normals = Array.from({ length: 20_000 }, dice.normal);
    const mean = normals.reduce((sum, x) => sum + x, 0) / normals.length;
    expectClose(mean, 0, { absolute: 0.03 });
    expectClose(normals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normals.length, 1, { absolute: 0.04 });
    const picks = Array.from({ length: 10_000 }, () => dice.weighted({ rare: 1, often: 3, never: 0 }));
    expectClose(picks.filter((pick) => pick === "rare").length / 10_000, 0.25, { absolute: 0.02 });
    expect(picks).not.toContain("never");
    const wholes = Array.from({ length: 500 }, () => dice.whole(2, 4));
    expect(new Set(wholes)).toEqual(new Set([2, 3, 4]));
  });
});

describe("steady arithmetic", () => {
  it("agrees with Math", () => {
    for (let x = -30; x < 30; x += 0.37) {
      expectClose(sin(x), Math.sin(x), { absolute: 1e-7 });
      expectClose(cos(x), Math.cos(x), { absolute: 1e-7 });
      expectClose(exp(-Math.abs(x)), Math.exp(-Math.abs(x)), { relative: 1e-6, absolute: 1e-12 });
    }
    expect([smoothStep(0, 2, -1), smoothStep(0, 2, 1), smoothStep(0, 2, 3)]).toEqual([0, 0.5, 1]);
  });

  it("is all that the sources use: no function whose last bit an engine may choose", () => {
    const source = fileURLToPath(new URL("../src", import.meta.url));
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      const code = readFileSync(join(source, file), "utf8").replace(/^\s*(\/\/|\/?\*).*$/gm, "");
      expect(code.match(/\bMath\.(?!sqrt|PI|abs|floor|ceil|round|min|max|imul|clz32)\w+|\*\*|Date\b|performance/g), file).toBeNull();
    }
  });
});
