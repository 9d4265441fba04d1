import { freezeRanks } from "@mammo/ensemble";
import { keyedRandom } from "@mammo/mammogram";
import { expectClose } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { alignDevice, alignScore, deviceAlarm, PipelineError, siteReport, siteTables, startAlarm, watchExam } from "../src/index.ts";
import { alarmChance, limitFor } from "../src/site/falseAlarms.ts";
import { normalBelow, normalQuantile } from "../src/site/normal.ts";

const draw = (count: number, key: string, change = (z: number) => z) => {
  const random = keyedRandom(1, key);
  return Float64Array.from({ length: count }, () => change(random.normal()));
};
const reference = freezeRanks(draw(10_000, "reference"), { sha256: "a".repeat(64) });
const shared = { device: "b", seed: 1, resamples: 50 } as const;
const recall = (scores: ArrayLike<number>, threshold: number) => Array.from(scores).filter((score) => score >= threshold).length / scores.length;

describe("alignDevice", () => {
  const louder = (z: number) => 2 * z + 1;
  const alignment = alignDevice(draw(1000, "device", louder), reference, shared);

  it("brings recall of other exams of the device back to the reference's", () => {
    const others = draw(20_000, "others", louder);
    const threshold = 1.2816;
    expect(recall(others, threshold)).toBeGreaterThan(0.4);
    const aligned = recall(
      others.map((score) => alignScore(alignment, score)),
      threshold,
    );
    expectClose(aligned, recall(reference.scores, threshold), { absolute: 0.02 });
  });

  it("rises everywhere, through JSON too, and its band holds the truth", () => {
    const map = JSON.parse(JSON.stringify(alignment));
    const at = Array.from({ length: 200 }, (_, i) => -20 + i / 5);
    at.forEach((score, i) => {
      if (i > 0) expect(alignScore(map, score)).toBeGreaterThan(alignScore(map, at[i - 1]!));
    });
    const inside = alignment.from.filter((score, k) => {
      const truth = (score - 1) / 2;
      return alignment.low[k]! <= truth && truth <= alignment.high[k]!;
    });
    expect(inside.length).toBeGreaterThanOrEqual(0.8 * alignment.from.length);
  });

  it("changes nothing on the reference device itself, beyond sampling", () => {
    const same = alignDevice(draw(5000, "same"), reference, shared);
    for (const score of [-1, 0, 1]) expectClose(alignScore(same, score), score, { absolute: 0.12 });
  });

  it.each<[string, () => unknown, RegExp]>([
    ["NaN", () => alignDevice([...draw(300, "x"), Number.NaN], reference, shared), /finite scores, got NaN at 300/],
    ["equal scores", () => alignDevice(new Array(300).fill(1), reference, shared), /that differ, got nearly all equal/],
    ["no resamples", () => alignDevice(draw(300, "x"), reference, { ...shared, resamples: 0 }), /resamples to be a whole number >= 1, got 0/],
    ["a score that is none", () => alignScore(alignment, Number.NaN), /a score, got NaN/],
    ["a map without knots", () => alignScore({ from: [], to: [] }, 1), /two rising knots, got 0/],
    ["a threshold that recalls all", () => deviceAlarm(reference, { threshold: -99 }), /recall rate times 2 is in \(0, 1\), got 1 times 2/],
    ["no exams", () => siteReport([], { reference, thresholds: [1], seed: 1 }), /at least one exam/],
    ["no thresholds", () => siteReport([{ score: 1, device: "a" }], { reference, thresholds: [], seed: 1 }), /at least one threshold/],
  ])("refuses %s", (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(RangeError);
  });

  it("refuses too few exams by a code", () => {
    expect(() => alignDevice(draw(249, "x"), reference, shared)).toThrow(expect.objectContaining({ code: "few-exams" }));
    expect(() => alignDevice(draw(249, "x"), reference, shared)).toThrow(PipelineError);
  });
});

describe("limitFor", () => {
  it("keeps its chance in simulation, and a chance that it computes grows with exams", () => {
    const increments = { probabilities: [0.9, 0.1], logRatios: [Math.log(0.8 / 0.9), Math.log(2)] };
    const limit = limitFor(increments, { exams: 500, chance: 0.1 });
    const random = keyedRandom(3, "limit");
    const runs = 1500;
    let alarms = 0;
    for (let run = 0; run < runs; run++) {
      let sum = 0;
      for (let exam = 0; exam < 500; exam++) {
        sum = Math.max(0, sum + increments.logRatios[random.chance(0.1) ? 1 : 0]!);
        if (sum >= limit) {
          alarms++;
          break;
        }
      }
    }
    // At most the promised tenth, give or take three deviations of the simulation, and not half of it.
    expect(alarms / runs).toBeLessThan(0.1 + 3 * Math.sqrt(0.09 / runs));
    expect(alarms / runs).toBeGreaterThan(0.05);
    expect(alarmChance(increments, limit, 5000)).toBeGreaterThan(alarmChance(increments, limit, 500));
  });

  it("knows the normal distribution", () => {
    expectClose([normalBelow(0), normalBelow(1.959964), normalBelow(-1)], [0.5, 0.975, 0.1586553], { absolute: 1e-6 });
    expectClose(normalQuantile(0.9), 1.2815516, { absolute: 1e-5 });
  });
});

describe("deviceAlarm", () => {
  const alarm = deviceAlarm(reference, { threshold: 1.2816, exams: 2000 });

  it("is silent on scores like the reference's and soon raised once recall doubles, up or down", () => {
    const after = (shift: number) => draw(2000, "watched").reduce((state, z) => watchExam(alarm, state, z + shift), startAlarm(alarm));
    expect(after(0).raised).toBeUndefined();
    expect(after(0).seen).toBe(2000);
    expect(after(0.44).raised!.exam).toBeLessThan(500);
    expect(after(0.44).raised!.chart).toMatch(/up/);
    expect(after(-0.44).raised!.chart).toMatch(/down/);
  });

  it("stays raised, and goes through JSON", () => {
    let state = startAlarm(alarm);
    for (let i = 0; i < 300; i++) state = watchExam(JSON.parse(JSON.stringify(alarm)), JSON.parse(JSON.stringify(state)), 3);
    expect(state.raised!.exam).toBeLessThan(30);
    expect(watchExam(alarm, state, -3)).toBe(state);
    expect(() => watchExam(alarm, { seen: 0, sums: [] }, 1)).toThrow(/4 sums, got 0/);
  });
});

describe("siteReport", () => {
  const exams = [
    ...Array.from(
      draw(1500, "first", (z) => z + 1),
      (score, i) => ({ score, device: "A 1.0", density: "abcd"[i % 4]!, age: 45 + (i % 30) }),
    ),
    ...Array.from(draw(100, "second"), (score) => ({ score, device: "B 2.0" })),
  ];
  const report = siteReport(exams, { reference, thresholds: [1.2816, 1.645], seed: 1 });

  it("tells recall before and after by device, density and age, and which devices are too new", () => {
    const row = (group: string) => report.rows.find((of) => of.group === group && of.threshold === 1.2816)!;
    expect(report.refused).toEqual([{ device: "B 2.0", exams: 100 }]);
    expect(row("device A 1.0").before.rate).toBeGreaterThan(0.3);
    expectClose(row("device A 1.0").after!.rate, 0.1, { absolute: 0.02 });
    expect(row("device B 2.0").after).toBeUndefined();
    expect(report.rows.map(({ group }) => group)).toEqual(expect.arrayContaining(["all", "density a", "density d", "age 40-49", "age 70-79"]));
    expect(row("all").before.low).toBeLessThan(row("all").before.rate);
    expect(report.alarms).toHaveLength(1);
  });

  it("fills tables", () => {
    const tables = siteTables(report);
    expect(tables).toHaveLength(3);
    expect(tables.at(-1)!.rows.map(([device]) => device)).toEqual(["device", "A 1.0", "B 2.0"]);
    for (const { rows } of tables) for (const cells of rows) expect(cells).toHaveLength(rows[0]!.length);
  });
});
