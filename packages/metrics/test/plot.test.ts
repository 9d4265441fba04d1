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

  it("rocPlot shades a strip of specificity, puts a mark where it lies, and draws a crowd faintly, without a line in the key", () => {
    const curve = rocCurve([0, 1], [0, 1]);
    const marks = [{ name: "reader", falsePositiveRate: 0.1, truePositiveRate: 0.8 }];
    const series = [
      { name: "crowd", curve, faint: true },
      { name: "model", curve },
    ];
    const svg = rocPlot(series, { region: { maxFalsePositiveRate: 0.1 }, marks });
    expect(svg).toContain('class="region" d="M62 40H102V430H62Z"');
    expect(svg).toContain('class="chance" d="M62 430L462 40"');
    expect(svg).toContain('cx="102" cy="118"><title>reader</title>');
    expect(svg).toContain('class="thin s7" d="M62 430L62 40L462 40"');
    expect(svg).toContain('class="line s0" d="M62 430L62 40L462 40"');
    expect([svg.includes(">crowd<"), svg.includes(">model<")]).toEqual([false, true]);
    const band = { falsePositiveRate: [0, 1], low: [0, 0.5], high: [0.5, 1] } as unknown as ReturnType<typeof rocBand>;
    expect(rocPlot([{ name: "model", curve, band }])).toContain('class="band f0" d="M62 430L462 235L462 40L62 235Z"');
  });

  it("scoreHistogram gives each class its shares in equal bins, the last with its upper end", () => {
    const bars = (...given: Parameters<typeof scoreHistogram>) =>
      [...scoreHistogram(...given).matchAll(/"bar (f\d)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)]
        .map(([, series, ...numbers]) => [series, ...numbers.map(Number)] as const)
        .filter(([, , , width]) => width !== 12);
    // Both negatives lie below 0.5, the positives on either side. 560 x 340: x 62 to 542, y 290 to 40, the highest share at 1 / 1.05.
    expect(bars([0, 1, 0, 1], [0.1, 0.4, 0.35, 1], { bins: 2 })).toEqual([
      ["f0", 62, 51.9, 240, 238.1],
      ["f1", 62, 170.95, 240, 119.05],
      ["f1", 302, 170.95, 240, 119.05],
    ]);
    // Beyond [0, 1] the bins span the scores; equal scores lie in the middle of one.
    expect(bars([0, 1], [-1, 3], { bins: 4 }).map(([, x]) => x)).toEqual([62, 422]);
    expect(bars([0, 0], [5, 5], { bins: 3 }).map(([, x, , width]) => [x, width])).toEqual([[222, 160]]);
    // Beyond 1 the scores' own range is shown, as it is of any others.
    expect(bars([0, 1, 0], [0, 1.5, 0.75])).toEqual(bars([0, 1, 0], [0, 12, 6]));
    const key = scoreHistogram([0, 1, 0], [0, 1, 1]);
    expect([key.includes(">negative, n = 2<"), key.includes(">positive, n = 1<")]).toEqual([true, true]);
  });

  it("frocPlot draws the stair to the end of the axis", () => {
    expect(frocPlot([{ name: "m", curve: froc }])).toContain('d="M62 430L62 430L62 40L112 40L112 40"');
    expect(frocPlot([{ name: "m", curve: froc }], { maxFalseMarks: 0.25 })).toContain('d="M62 430L62 430L62 40L462 40"');
  });

  it("decisionPlot shows net benefit of 1000 down to half of the best, and calling none as 0", () => {
    const curve = [
      { threshold: 0.1, model: 0.01, all: 0.02 },
      { threshold: 0.2, model: 0.005, all: -0.03 },
    ];
    // 560 x 380: x 62 to 542, y 330 to 40 for -10 to 21.
    const svg = decisionPlot([{ name: "m", curve }]);
    for (const path of ['"chance" d="M62 236.45L542 236.45"', '"thin s7" d="M62 49.35"', '"line s0" d="M62 142.9L542 189.68"'])
      expect(svg).toContain(path);
  });

  it("decisionPlot always shows 0", () => {
    const curve = [0.1, 0.2].map((threshold) => ({ threshold, model: 0.02, all: 0.01 }));
    // y 330 to 40 for -1 to 21.
    expect(decisionPlot([{ name: "m", curve }])).toContain('"chance" d="M62 316.82L542 316.82"');
  });

  it("forestPlot puts estimates on the axis, clipped to it, with room for the longest name", () => {
    // One row: x 62 to 464, its line half way between 40 and 92.
    const svg = forestPlot([{ name: "a", estimate: 0.8, low: 0.7, high: 1.9, series: 9 }], { reference: 0.5 });
    expect(svg).toContain('class="line s1" d="M343.4 66H464"/><circle class="f1" r="4" cx="383.6" cy="66"/>');
    expect(svg).toContain('class="chance" d="M263 40V92"');
    expect(svg).toContain('width="482" height="142"');
    // Ten letters of 7 pixels, and 24.
    expect(forestPlot([{ name: "ten in all", estimate: 0, low: 0, high: 0 }])).toContain('<path class="axis" d="M94 40V92H496"/>');
  });

  it("reliabilityPlot draws a dot as large as its share, and says how many lie outside", () => {
    const bins = [
      { predicted: 0.2, observed: 0.25, count: 3 },
      { predicted: 0.8, observed: 0.5, count: 1 },
    ];
    const svg = reliabilityPlot(bins);
    expect(svg).toContain('class="line s0" d="M142 332.5L382 235"');
    expect(svg).toContain('class="chance" d="M62 430L462 40"');
    expect([...svg.matchAll(/<circle class="f0" r="([\d.]+)"/g)].map(([, r]) => Number(r))).toEqual([10.79, 7.5]);
    expect(svg).not.toContain("lie outside");
    expect(reliabilityPlot(bins, { subtitle: "four cases" })).toContain(">four cases<");
    expect(reliabilityPlot(bins, { maximum: 0.5 })).toContain("1 of 2 bins lie outside");
  });

  it.each([
    [
      [0, 1],
      ["0", "0.2", "0.4", "0.6", "0.8", "1"],
    ],
    [
      [0.5, 1],
      ["0.5", "0.6", "0.7", "0.8", "0.9", "1"],
    ],
    [
      [-3, 27],
      ["0", "10", "20"],
    ],
    [
      [0, 4],
      ["0", "1", "2", "3", "4"],
    ],
    [
      [1, 11],
      ["2", "4", "6", "8", "10"],
    ],
    [
      [0.1, 2.4],
      ["0.5", "1", "1.5", "2"],
    ],
  ] as const)("axes have about five round numbers: %s", (domain, ticks) => {
    const svg = forestPlot([], { domain });
    expect([...svg.matchAll(/<path class="grid"[^>]*><text text-anchor="middle"[^>]*>([^<]*)</g)].map(([, tick]) => tick)).toEqual(ticks);
  });

  it("decisionPlot refuses an empty list", () => {
    expect(() => decisionPlot([])).toThrow(new RangeError("Expected at least one curve of at least 2 thresholds, got 0"));
  });
});
