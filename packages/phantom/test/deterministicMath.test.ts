import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { cos, exp, sin, smoothStep } from "../src/deterministicMath.ts";

describe("deterministic arithmetic", () => {
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
