import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { parseDelimited } from "@mammo/files";
import { auroc, rocCurve } from "@mammo/metrics";
import { forestPlot, rocPlot } from "@mammo/metrics/plot";
import { commandExists, expectClose } from "@mammo/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { csvTables } from "../evaluate/csvTables.ts";
import { marksOf } from "../evaluate/marksOf.ts";
import { pictureFiles } from "../evaluate/pictureFiles.ts";
import { type Ended, run } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "mammo-papers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]) => join(folder, ...parts);

// Names that LaTeX, CSV and SVG would each take for something of their own.
const [ours, theirs] = ["50% & [1] _x_ #\\{}$~^", "=théirs <λ>"];

const cases = Array.from({ length: 90 }, (_, i) => [
  `w${i}`,
  ((i * 7) % 30) / 30,
  ((i * 13 + (i >> 2)) % 31) / 31,
  Number(i % 3 === 0),
  ["[a]", "*"][i % 2]!,
]);

describe("npm run evaluate for papers", () => {
  let ended: Ended;
  beforeAll(async () => {
    const predictions = (name: string, column: number) =>
      writeFileSync(
        at(name),
        [["subjectId", "score", "cancer", "density"], ...cases.map((row) => [row[0], row[column], row[3], row[4]])]
          .map((row) => row.join(","))
          .join("\n"),
      );
    predictions("ours.csv", 1);
    predictions("theirs.csv", 2);
    const asked = ["--names", `${ours},${theirs}`, "--groups", "density", "--resamples", "50", "--title", "α & ω: 100 % [x]"];
    ended = await run("evaluate", [
      at("ours.csv"),
      at("theirs.csv"),
      ...asked,
      "--csv",
      at("csv"),
      "--plots",
      at("plots"),
      "--latex",
      at("paper.tex"),
    ]);
  }, 60_000);

  it("ends well and says what it wrote", () => {
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toMatch(/wrote \d+ tables in .*csv\n/);
    expect(ended.stdout).toMatch(/wrote 6 plots as SVG, PDF and PNG in .*plots\n/);
    expect(ended.stdout).toMatch(/wrote .*paper\.tex, and \d+ tables and 6 figures for it in .*paper\n/);
  });

  it("CSV: every table, unrounded, by the names of the JSON; no formula for a spreadsheet", () => {
    const { columns, rows } = parseDelimited(readFileSync(at("csv", "differences.csv"), "utf8"), { separator: "," });
    expect(columns.slice(0, 3)).toEqual(["a", "b", "auroc_estimate"]);
    const cell = (name: string) => rows[0]!.cells[columns.indexOf(name)]!;
    expect([cell("a"), cell("b"), cell("auroc_test")]).toEqual([ours, `'${theirs}`, "DeLong"]);
    const numbers = (column: number) => cases.map((row) => Number(row[column]));
    expectClose(Number(cell("auroc_estimate")), auroc(numbers(3), numbers(1)) - auroc(numbers(3), numbers(2)), { absolute: 1e-15 });
    const bins = parseDelimited(readFileSync(at("csv", "scores_calibration_bins.csv"), "utf8"), { separator: "," });
    expect(bins.columns).toEqual(expect.arrayContaining(["name", "predicted", "observed", "low", "high", "cases"]));
    expect(readdirSync(at("csv"))).toEqual(
      expect.arrayContaining(["summary.csv", "scores.csv", "subgroups_rows.csv", "decision_curve.csv", "rocBand.csv"]),
    );
    expect(readdirSync(at("csv"))).not.toContain("subgroups.csv");
  });

  it("plots: the same picture as SVG, as PDF of lines and letters, as PNG", () => {
    expect(readdirSync(at("plots"))).toHaveLength(18);
    const pdf = readFileSync(at("plots", "roc.pdf"), "latin1");
    expect(pdf.startsWith("%PDF-1.")).toBe(true);
    expect(pdf).not.toMatch(/\/Subtype ?\/Image/);
    expect(pdf).toContain("DejaVuSans");
    const svg = readFileSync(at("plots", "roc.svg"), "utf8");
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
    const png = readFileSync(at("plots", "roc.png"));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3 * width!, 3 * height!]);
  });

  it("LaTeX: a document of the tables and figures that lie beside it, each line end and brace closed", () => {
    const text = readFileSync(at("paper.tex"), "utf8");
    const named = [...text.matchAll(/\\(?:input|includegraphics\[[^\]]*\])\{(paper\/[^}]+)\}/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(12);
    for (const path of named) expect(existsSync(at(path))).toBe(true);
    expect(text).toContain("{[}U+03B1] \\& {[}U+03C9]: 100 \\% {[}x]");
    for (const path of [...named.filter((one) => one.endsWith(".tex")), "paper.tex"]) {
      const source = readFileSync(at(path), "utf8").replace(/\\[\\{}$&#_%]/g, "");
      let depth = 0;
      for (const mark of source) {
        depth += mark === "{" ? 1 : mark === "}" ? -1 : 0;
        expect(depth).toBeGreaterThanOrEqual(0);
      }
      expect(depth).toBe(0);
      expect(source).not.toMatch(/[#~^]|\\\\\s*[[*]/);
      const begun = [...source.matchAll(/\\(begin|end)\{(\w+)\}/g)].map(([, what, name]) => (what === "begin" ? name! : `/${name}`));
      expect(begun.filter((one) => !one.startsWith("/")).sort()).toEqual(
        begun
          .filter((one) => one.startsWith("/"))
          .map((one) => one.slice(1))
          .sort(),
      );
    }
    for (const path of named.filter((one) => one.endsWith(".tex"))) {
      const lines = readFileSync(at(path), "utf8").split("\n");
      const columns = /\\begin\{tabular\}\{([lr]+)\}/.exec(lines[0]!)![1]!.length;
      for (const line of lines.filter((one) => one.endsWith(" \\\\"))) expect(line.replace(/\\&/g, "").split(" & ")).toHaveLength(columns);
    }
  });

  it.skipIf(!commandExists("pdflatex"))("LaTeX: compiles (needs pdflatex)", { timeout: 60_000 }, () => {
    execFileSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "paper.tex"], { cwd: folder, stdio: "pipe" });
    expect(readFileSync(at("paper.pdf")).subarray(0, 5).toString()).toBe("%PDF-");
    // A table goes into somebody's paper without any package.
    writeFileSync(at("own.tex"), "\\documentclass{article}\\begin{document}\\input{paper/scores}\\end{document}");
    execFileSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "own.tex"], { cwd: folder, stdio: "pipe" });
  });
});

describe("csvTables", () => {
  it("a file for each list, its entries' lists apart, with the texts that say whose they are", () => {
    const result = {
      cases: 3,
      notes: ["a"],
      scores: [
        { name: "m", auroc: { estimate: 0.5, low: NaN }, bins: [{ low: Infinity }, { low: 1 }] },
        { name: "n", auroc: { estimate: 1 / 3, low: 0 }, reader: true },
      ],
      groups: [{ name: "g", rows: [{ group: "x", cases: 1 }] }],
    };
    expect(Object.fromEntries(csvTables(result).map(({ name, text }) => [name, text]))).toEqual({
      "summary.csv": "cases\n3\n",
      "scores.csv": "name,auroc_estimate,auroc_low,reader\nm,0.5,,\nn,0.3333333333333333,0,1\n",
      "scores_bins.csv": "name,low\nm,Inf\nm,1\n",
      "groups_rows.csv": "name,group,cases\ng,x,1\n",
    });
  });
});

describe("pictures", () => {
  const svg = rocPlot([{ name: "a <b> & 'c'", curve: rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) }], { region: { minTruePositiveRate: 0.8 } });

  it("are read back as what is drawn, in light colors", () => {
    const { width, height, marks } = marksOf(svg);
    expect([width, height]).toEqual([480, 480]);
    expect(marks[0]).toMatchObject({ kind: "path", style: { fill: "#fff", stroke: undefined } });
    const texts = marks.flatMap((mark) => (mark.kind === "text" ? [mark] : []));
    expect(texts[0]).toMatchObject({ text: "ROC", size: 15, isBold: true, color: "#222" });
    expect(texts.find(({ text }) => text === "sensitivity")).toMatchObject({ angle: -90, anchor: "middle", x: 16 });
    expect(texts.at(-1)).toMatchObject({ text: "a <b> & 'c'", anchor: "end" });
    expect(marks.find((mark) => mark.kind === "path" && mark.style.dash.length > 0)).toMatchObject({ style: { dash: [4, 4], stroke: "#999" } });
    expect(marks.find((mark) => mark.kind === "path" && mark.style.fillOpacity === 0.13)).toMatchObject({ style: { fill: "#888" } });
    const forest = marksOf(forestPlot([{ name: "x", estimate: 0.5, low: 0.4, high: 0.6, series: 1 }])).marks;
    expect(forest.find(({ kind }) => kind === "circle")).toMatchObject({ radius: 4, style: { fill: "#d55e00" } });
    expect(() => marksOf("<svg></svg>")).toThrow("Expected a picture of @mammo/metrics/plot, got another text");
  });

  it("are drawn where they are: the curve's color in the PNG at its place, the same bytes each time", async () => {
    const [first, again] = [await pictureFiles(svg), await pictureFiles(svg)];
    expect(Buffer.compare(first.pdf, again.pdf)).toBe(0);
    const { pixel, width } = readPng(first.png);
    expect(width).toBe(1440);
    // The curve goes up at 1 − specificity 0.5, from 0.5 to 1: at (0.5, 0.75).
    const [x, y] = [62 + 0.5 * (462 - 62), 430 - 0.75 * (430 - 40)];
    expect(pixel(3 * x, 3 * y)).toEqual([0x00, 0x72, 0xb2, 255]);
    expect(pixel(3 * 300, 3 * 400)).toEqual([255, 255, 255, 255]);
  });
});

/** Pixels of an 8-bit PNG of four channels. */
function readPng(bytes: Uint8Array) {
  const png = Buffer.from(bytes);
  const width = png.readUInt32BE(16);
  expect([png[24], png[25]]).toEqual([8, 6]);
  const parts: Buffer[] = [];
  for (let from = 8; from < png.length; from += 12 + png.readUInt32BE(from))
    if (png.toString("latin1", from + 4, from + 8) === "IDAT") parts.push(png.subarray(from + 8, from + 8 + png.readUInt32BE(from)));
  const raw = inflateSync(Buffer.concat(parts));
  const stride = 4 * width;
  const rows = raw.length / (stride + 1);
  const out = Buffer.alloc(rows * stride);
  for (let row = 0; row < rows; row++) {
    const filter = raw[row * (stride + 1)]!;
    for (let k = 0; k < stride; k++) {
      const left = k < 4 ? 0 : out[row * stride + k - 4]!;
      const up = row === 0 ? 0 : out[(row - 1) * stride + k]!;
      const corner = k < 4 || row === 0 ? 0 : out[(row - 1) * stride + k - 4]!;
      const guess = left + up - corner;
      const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value)) as [number, number, number];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      out[row * stride + k] = raw[row * (stride + 1) + 1 + k]! + [0, left, up, (left + up) >> 1, paeth][filter]!;
    }
  }
  return {
    width,
    pixel: (x: number, y: number) => [...out.subarray(4 * (Math.round(y) * width + Math.round(x)), 4 * (Math.round(y) * width + Math.round(x)) + 4)],
  };
}
