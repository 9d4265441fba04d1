import { accessSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expectClose } from "@mammo/testing";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { areaUnder, bootstrapRoc, delong, partialAuroc, rocCurve } from "../src/index.ts";
import { rocPlot } from "../src/plot.ts";

const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

async function bundle(code: string, options: { readonly globalName?: string } = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: source("."), loader: "ts" },
    bundle: true,
    minify: true,
    format: options.globalName ? "iife" : "esm",
    write: false,
    conditions: ["@mammo/source"],
    target: "es2022",
    ...options,
  });
  return outputFiles[0]!.text;
}

describe("bundled", () => {
  it("`import { auroc }` costs less than 2 kB, minified and gzipped", async () => {
    const code = await bundle(`export { auroc } from "./index.ts"`);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(2000);
  });

  it("plots do not come along with numbers", async () => {
    expect(await bundle(`export { auroc, bootstrapRoc, mrmc } from "./index.ts"`)).not.toContain("<svg");
  });

  const browser = process.env["MAMMO_CHROMIUM"] ?? "/usr/bin/chromium";
  it.skipIf(!exists(browser))("gives the same numbers and the same picture in a browser (needs Chromium, see MAMMO_CHROMIUM)", async () => {
    const labels = Array.from({ length: 400 }, (_, i) => Number(i % 7 === 0));
    const scores = labels.map((label, i) => ((i * 37) % 101) / 101 + 0.3 * label);
    const other = labels.map((label, i) => ((i * 53) % 89) / 89 + 0.1 * label);
    const work = (metrics: typeof here, [l, a, b]: readonly (readonly number[])[]) => {
      const clusters = l!.map((_, i) => i >> 1);
      const { auroc } = metrics.bootstrapRoc({ labels: l!, scores: a!, clusters }, { auroc: metrics.areaUnder }, { seed: 4, resamples: 200 });
      return {
        partial: metrics.partialAuroc(l!, a!, { minTruePositiveRate: 0.8 }, { raw: true }),
        interval: [auroc.low, auroc.estimate, auroc.high],
        p: metrics.delong(l!, a!, b!).p,
        picture: metrics.rocPlot([{ name: "a", curve: metrics.rocCurve(l!, a!) }]),
      };
    };
    const here = { areaUnder, bootstrapRoc, delong, partialAuroc, rocCurve, rocPlot };
    const code = await bundle(
      `export { areaUnder, bootstrapRoc, delong, partialAuroc, rocCurve } from "./index.ts"; export { rocPlot } from "./plot.ts"`,
      { globalName: "metrics" },
    );
    const chrome = await chromium.launch({
      executablePath: browser,
      args: "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
        " ",
      ),
    });
    try {
      const page = await chrome.newPage();
      await page.addScriptTag({ content: code });
      const data = [labels, scores, other];
      const there = await page.evaluate<ReturnType<typeof work>>(`(${work})(metrics, ${JSON.stringify(data)})`);
      // Not "nearly": only + - * / lie behind all of them, but for p, whose exponential function is another in another version of V8.
      const expected = work(here, data);
      expect({ ...there, p: expected.p }).toEqual(expected);
      expectClose(there.p, expected.p, { absolute: 0, relative: 1e-13 });
    } finally {
      await chrome.close();
    }
  });
});

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
