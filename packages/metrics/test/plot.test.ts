import { describe, expect, it } from "vitest";
import { calibrationCurve, frocCurve, netBenefit, rocBand, rocCurve } from "../src/index.ts";
import { decisionPlot, forestPlot, frocPlot, reliabilityPlot, rocPlot, scoreHistogram } from "../src/plot.ts";

const labels = Array.from({ length: 80 }, (_, i) => Number(i % 4 === 0));
const scores = labels.map((label, i) => ((i * 37) % 80) / 100 + 0.2 * label);
const name = `a < b & "c" or 'd'`;
const froc = frocCurve([
  { truths: 1, marks: [{ score: 0.9, truth: 0 }] },
  { truths: 0, marks: [{ score: 0.6, truth: -1 }] },
]);

const plots: readonly (readonly [string, () => string])[] = [
  [
    "rocPlot",
    () =>
      rocPlot([{ name, curve: rocCurve(labels, scores), band: rocBand({ labels, scores }, { seed: 1, resamples: 50 }) }], {
        title: name,
        region: { minTruePositiveRate: 0.8 },
        marks: [{ name, falsePositiveRate: 0.1, truePositiveRate: 0.8 }],
      }),
  ],
  ["scoreHistogram", () => scoreHistogram(labels, scores, { title: name })],
  ["reliabilityPlot", () => reliabilityPlot(calibrationCurve(labels, scores), { title: name })],
  ["frocPlot", () => frocPlot([{ name, curve: froc }])],
  ["decisionPlot", () => decisionPlot([{ name, curve: netBenefit(labels, scores) }])],
  [
    "forestPlot",
    () =>
      forestPlot(
        [
          { name, estimate: 0.8, low: 0.7, high: 0.9 },
          { name: "none", estimate: NaN, low: NaN, high: NaN },
        ],
        { reference: 0.5 },
      ),
  ],
];

describe.each(plots)("%s", (_, draw) => {
  const svg = draw();

  it("gives the same bytes each time", () => {
    expect(draw()).toBe(svg);
  });

  it("is well-formed, with text that cannot break out, and no number that is none", () => {
    const open: string[] = [];
    for (const [, close, tag, own] of svg.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(tag);
      else if (!own) open.push(tag!);
    }
    expect(open).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).not.toContain(name);
    expect(svg).toContain("a &lt; b &amp; &quot;c&quot; or &#39;d&#39;");
  });

  it("has light and dark colors, and fetches nothing", () => {
    expect(svg).toContain("@media (prefers-color-scheme:dark)");
    expect(svg).not.toMatch(/href|<script|url\(/);
  });
});

describe("places", () => {
  it("a perfect curve runs through the corner, and the region ends at its bound", () => {
    const svg = rocPlot([{ name: "perfect", curve: rocCurve([0, 1], [0, 1]) }], { region: { minTruePositiveRate: 0.8 } });
    // The canvas is 480 wide and high: the plane spans x 62 to 462, y 430 to 40.
    expect(svg).toContain('d="M62 430L62 40L462 40"');
    expect(svg).toContain('class="region" d="M62 40H462V118H62Z"');
  });

  it("decisionPlot refuses an empty list", () => {
    expect(() => decisionPlot([])).toThrow(new RangeError("Expected at least one curve of at least 2 thresholds, got 0"));
  });
});
