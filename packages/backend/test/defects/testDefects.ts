import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { defects } from "./defects.ts";
import { type StockName, startStock } from "./startStock.ts";

/** Each defect is still there without our repairs, and documented; a file of its own for each backend, since kernels are global in a process. */
export function testDefects(backend: StockName): void {
  describe(`defects of stock TensorFlow.js on ${backend}`, () => {
    beforeAll(() => startStock(backend));

    it.each(defects.filter(({ backends }) => backends.includes(backend)))("$title", async ({ title, find }) => {
      expect(await find(), "repair no longer needed: upstream is right").toBeDefined();
      expect(readFileSync(new URL("../../../../docs/tfjs-defects.md", import.meta.url), "utf8")).toContain(`## ${title}`);
    });
  });
}
