import { keyedRandom } from "@mammo/mammogram";
import {
  areaUnder,
  bootstrapRoc,
  calibrationCurve,
  delong,
  dreamCompat,
  partialAreaUnder,
  rocBand,
  rocCurve,
  specificityAt,
  subgroups,
} from "@mammo/metrics";
import { decisionPlot, rocPlot, scoreHistogram } from "@mammo/metrics/plot";
import { describe, expect, it } from "vitest";
import { type AnalysisOptions, analyze, analyzeInSteps } from "../src/evaluation/analyze.ts";
import { bootstrapScores } from "../src/evaluation/bootstrapScores.ts";
import { calibrationBins } from "../src/evaluation/calibrationBins.ts";
import { figuresOf } from "../src/evaluation/figures.ts";
import type { Cases } from "../src/evaluation/joinCases.ts";
import { keyBelow } from "../src/evaluation/keyBelow.ts";
import { numberClusters } from "../src/evaluation/numberClusters.ts";
import { shareInterval } from "../src/evaluation/shareInterval.ts";
import { startDrawThread } from "../src/evaluation/startDrawThread.ts";
import { drained } from "../src/evaluation/subgroupRows.ts";
import { tablesOf } from "../src/evaluation/tables.ts";

const options: AnalysisOptions = { seed: 1, resamples: 60, minSensitivity: 0.8, threshold: undefined, prevalence: 0.0035 };

/** Breasts of women, scores with ties. */
function casesOf(count: number, { models = 1, readers = 0, breasts = 2 } = {}): Cases {
  const random = keyedRandom("cases", count, models);
  const labels = Array.from({ length: count }, (_, i) => Number(i % 7 === 0));
  const column = (name: string) => ({ name, values: labels.map((label) => Math.round(40 * (0.3 * label + 0.7 * random.uniform())) / 40) });
  return {
    labels,
    clusters: labels.map((_, i) => `w${Math.floor(i / breasts)}`),
    clusterName: "subjectId",
    models: Array.from({ length: models }, (_, k) => column(`m${k}`)),
    readers: Array.from({ length: readers }, (_, k) => column(`r${k}`)),
    groups: [],
    notes: [],
  };
}

describe("bootstrapScores", () => {
  const statistics = {
    auroc: areaUnder,
    partial: (curve: Parameters<typeof areaUnder>[0]) => partialAreaUnder(curve, { minTruePositiveRate: 0.8 }, { raw: true }),
    step: (curve: Parameters<typeof areaUnder>[0]) => specificityAt(0.8, curve).specificity,
  };

  it.each([
    [14, 2],
    [300, 2],
    [301, 1],
    // So many that each is counted in a byte.
    [70_000, 1],
  ])("%i cases, %i a cluster: to the last bit what bootstrapRoc, dreamCompat and rocBand draw for each score alone", (count, breasts) => {
    const { labels, clusters, models } = casesOf(count, { models: 2, breasts });
    const scores = models.map(({ values }) => values);
    const drawn = { seed: 5, resamples: count > 1000 ? 5 : 40 };
    const found = drained(bootstrapScores({ labels, clusters: numberClusters(clusters), scores }, statistics, { ...drawn, bandResamples: 30 }));
    for (const [s, values] of scores.entries()) {
      const cases = { labels, scores: values, clusters };
      expect(found[s]!.estimates).toEqual(bootstrapRoc(cases, statistics, drawn));
      expect(found[s]!.dreamAuroc).toEqual(dreamCompat(cases, { auroc: areaUnder }, drawn).auroc);
      expect(found[s]!.band).toEqual(s === 0 ? rocBand(cases, { seed: 5, resamples: Math.min(30, drawn.resamples) }) : undefined);
    }
  });

  it("leaves resamples of one class out as these do", () => {
    const [labels, scores] = [
      [1, 0, 0, 0],
      [0.3, 0.2, 0.4, 0.1],
    ];
    const drawn = { seed: 2, resamples: 50 };
    const [found] = drained(bootstrapScores({ labels: labels!, clusters: numberClusters([0, 1, 2, 3]), scores: [scores!] }, statistics, drawn));
    expect(found!.estimates.auroc.undefinedResamples).toBeGreaterThan(5);
    expect(found!.estimates).toEqual(bootstrapRoc({ labels: labels!, scores: scores! }, statistics, drawn));
  });

  it("a thread that draws gives the same to the last bit", { timeout: 60_000 }, async () => {
    const cases = casesOf(140_000, { breasts: 2 });
    const asked = { ...options, resamples: 10 };
    const { drawsOf, close } = await startDrawThread();
    try {
      expect(drained(analyzeInSteps(cases, asked, { drawsOf }))).toEqual(analyze(cases, asked));
    } finally {
      await close();
    }
  });

  it("says how far it is", () => {
    const steps = [...analyzeInSteps(casesOf(60), options)];
    expect(steps).toHaveLength(60);
    expect(steps.at(-1)).toEqual({ phase: "resamples", done: 60, total: 60 });
  });
});

describe("shareInterval", () => {
  // Newcombe (1998), table I, method 3 (score without continuity correction).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("%i of %i independent cases is Wilson's, as published", (events, count, low, high) => {
    const found = shareInterval(
      Array.from({ length: count }, (_, i) => Number(i < events)),
      Array.from({ length: count }, (_, i) => i),
    );
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it("cases that come in equal pairs are worth half as many; in opposite pairs no more than they are", () => {
    const labels = Array.from({ length: 40 }, (_, i) => Number(i % 5 === 0));
    const alone = shareInterval(
      labels,
      labels.map((_, i) => i),
    );
    const twice = shareInterval(
      [...labels, ...labels],
      [...labels, ...labels].map((_, i) => i % 40),
    );
    expect([twice.share, twice.low, twice.high].map((value) => value.toFixed(12))).toEqual(
      [alone.share, alone.low, alone.high].map((value) => value.toFixed(12)),
    );
    const opposite = Array.from({ length: 40 }, (_, i) => i % 2);
    const pairs = opposite.map((_, i) => Math.floor(i / 2));
    expect(shareInterval(opposite, pairs)).toEqual(
      shareInterval(
        opposite,
        opposite.map((_, i) => i),
      ),
    );
    // None or all of them tell nothing of how alike clusters are: then each counts once.
    expect(shareInterval([0, 0, 0, 0], [1, 1, 2, 2]).high).toBeCloseTo(shareInterval([0, 0], [1, 2]).high, 12);
  });
});

it("calibrationBins are those of calibrationCurve, each with its interval", () => {
  const { labels, models, clusters } = casesOf(400);
  const bins = calibrationBins(labels, models[0]!.values, numberClusters(clusters).of);
  expect(bins.map(({ predicted, observed, cases: count }) => ({ predicted, observed, count }))).toEqual(
    calibrationCurve(labels, models[0]!.values, { strategy: "quantile" }),
  );
  expect(bins.reduce((sum, { positives }) => sum + positives, 0)).toBe(labels.filter((label) => label === 1).length);
  for (const { low, observed, high } of bins) expect(low <= observed && observed <= high && low < high).toBe(true);
});

describe("keys of plots", () => {
  const curve = rocCurve([0, 1, 0, 1], [0.1, 0.4, 0.35, 0.8]);
  const curves = Array.from({ length: 10 }, (_, k) => ({ name: `<m${k}>`, curve }));

  it("stand below the axes, one line for each, dashed from the ninth curve on", () => {
    const before = rocPlot([...curves, { name: "reader", curve, faint: true }]);
    const svg = keyBelow(before);
    const [, height] = /viewBox="0 0 480 (\d+)"/.exec(svg)!;
    expect(Number(height)).toBe(480 + 6 + 180);
    expect(svg).toContain(`<rect class="background" width="480" height="${height}"/>`);
    const lines = [...svg.matchAll(/y="([\d.]+)">(&lt;m\d&gt;)</g)];
    expect(lines.map(([, , name]) => name)).toEqual(curves.map((_, k) => `&lt;m${k}&gt;`));
    for (const [, y] of lines) expect(Number(y)).toBeGreaterThan(480);
    expect(svg).not.toContain("h20");
    // Two curves and their two lines in the key.
    expect(svg.match(/stroke-dasharray="7 3"/g)).toHaveLength(4);
    expect(svg.match(/<path class="line/g)).toHaveLength(before.match(/<path class="line/g)!.length);
    expect(keyBelow(rocPlot([]))).toBe(rocPlot([]));
  });

  it("of a histogram too, whose bars they would cover", () => {
    const svg = keyBelow(scoreHistogram([0, 1, 1], [0.1, 0.9, 0.95]));
    expect(svg.match(/<rect class="bar f1" x="62" y="\d+" width="24" height="11"\/><text x="94" y="\d+">positive, n = 2</g)).toHaveLength(1);
    expect(svg).not.toContain('width="12" height="12"');
  });

  it("of decision curves too, where the line of calling all has no dash", () => {
    const points = [0.1, 0.2].map((threshold) => ({ threshold, model: 0.1, all: 0.05 }));
    const svg = keyBelow(decisionPlot(curves.slice(0, 8).map(({ name }) => ({ name, curve: points }))));
    expect(svg).not.toContain("stroke-dasharray=");
    expect(svg).toContain("recall all (none: dashed)");
  });
});

describe("the report", () => {
  it("shows all models in each plot, and says which are left out and why", () => {
    const cases = casesOf(280, { models: 5, readers: 1, breasts: 1 });
    const logits = { name: "logits", values: cases.models[1]!.values.map((value) => 3 * value - 1) };
    const all: Cases = {
      ...cases,
      models: [...cases.models, logits],
      groups: [{ name: "density", values: cases.labels.map((_, i) => "cabd"[i % 4]!) }],
    };
    const analysis = analyze(all, options);
    const figures = new Map(figuresOf(all, analysis).map(({ name, svg }) => [name, svg]));
    for (const { name } of cases.models)
      for (const figure of ["roc", "reliability", "decision"]) expect(figures.get(figure)).toMatch(new RegExp(`>${name}\\b`));
    expect(figures.get("roc")).toContain(">logits ");
    expect(figures.get("decision")).not.toContain("logits");
    // One bar a bin.
    expect(figures.get("reliability")!.match(/<path class="thin/g)!.length).toBe(
      analysis.scores.reduce((sum, { calibration }) => sum + (calibration?.bins.length ?? 0), 0),
    );
    const { omitted } = analysis;
    expect(omitted).toEqual([
      { section: "Reader study", reason: "one reader: random readers need two or more" },
      { section: "Calibration", reason: "logits: not all in [0, 1], so no probabilities" },
      { section: "Decision curve", reason: "logits: not all in [0, 1], so no probabilities" },
    ]);
    expect(tablesOf(analysis).at(-1)).toEqual({
      title: "Left out",
      rows: [["section", "why"], ...omitted.map(({ section, reason }) => [section, reason])],
    });
  });

  it("gives subgroups of every score, in their natural order, as subgroups of @mammo/metrics has them", () => {
    const cases = casesOf(280, { models: 2, readers: 2 });
    const ages = cases.labels.map((_, i) => ["60-69", "40-49", "100-109", "50-59"][Math.floor(i / 2) % 4]!);
    const { subgroups: found } = analyze({ ...cases, groups: [{ name: "age", values: ages }] }, options);
    const order = ["40-49", "50-59", "60-69", "100-109"];
    expect(found[0]!.rows.map(({ group, score }) => [group, score])).toEqual(
      order.flatMap((group) => ["m0", "m1", "r0", "r1"].map((score) => [group, score])),
    );
    const { labels, clusters, readers } = cases;
    for (const row of subgroups(
      { labels, clusters, scores: readers[1]!.values },
      ages,
      { auroc: areaUnder },
      { seed: options.seed, resamples: options.resamples },
    )) {
      const { estimate, low, high, standardError } = row.estimates!.auroc;
      expect(found[0]!.rows.find(({ group, score }) => group === row.group && score === "r1")).toMatchObject({
        cases: row.cases,
        positives: row.positives,
        clusters: row.clusters,
        auroc: { estimate, low, high, standardError },
      });
    }
  });

  it("compares areas by DeLong where each case stands alone, by the bootstrap of whole clusters where not", () => {
    const alone = casesOf(140, { models: 2, breasts: 1 });
    const { difference, p, low } = delong(alone.labels, alone.models[0]!.values, alone.models[1]!.values);
    const found = analyze(alone, options);
    expect(found.differences[0]!.auroc).toMatchObject({ estimate: difference, p, low, test: "DeLong" });
    expect(tablesOf(found)[2]!.title).toBe("Paired differences (AUROC: DeLong; pAUROC: percentile bootstrap by subjectId)");
    expect(analyze(casesOf(140, { models: 2 }), options).differences[0]!.auroc.test).toBe("percentile bootstrap by subjectId");
  });

  it("draws a curve of many cases with as many points as can be seen", () => {
    const cases = casesOf(20_000, { breasts: 1 });
    const random = keyedRandom("fine");
    const fine = { ...cases, models: [{ name: "m", values: cases.labels.map((label) => 0.2 * label + 0.8 * random.uniform()) }] };
    const svg = figuresOf(fine, analyze(fine, { ...options, resamples: 10 }))[0]!.svg;
    expect(svg.length).toBeLessThan(100_000);
  });
});
