import { fileURLToPath } from "node:url";
import { commandExists } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { makeHarness } from "../src/harness.ts";
import { barLine, makeBar } from "../src/harnessBar.ts";
import { startChild } from "../src/harnessChild.ts";
import { machineLine, measureMachine } from "../src/harnessMachine.ts";
import { nativePeak } from "../src/harnessNativePeak.ts";
import { quantile, runRace, speedup } from "../src/harnessRace.ts";
import { intoPage, toMarkdown } from "../src/harnessReport.ts";

const machine = { processor: "P", threads: 2, memoryGiB: 4, node: "v20", wasmGflopsOneThread: 10, wasmGflopsAllThreads: 20 };
const rival = (mode: string) => ({
  name: mode,
  command: process.execPath,
  args: [fileURLToPath(new URL("./rivals/rival.mjs", import.meta.url)), mode],
});

describe("runRace", () => {
  it("runs every contender once a round, in turning order, after the warm-up", async () => {
    const log: string[] = [];
    const contender = (name: string) => ({
      name,
      iterate() {
        log.push(name);
        return 1; // times itself, so one call is long enough
      },
    });
    await runRace("order", ["a", "b", "c"].map(contender), { rounds: 3, warmups: 2 });
    expect(log.join("")).toBe(`${"aaabbbccc"}${"abcbcacab"}`);
  });

  it("gives medians, quartiles and the median of the rounds' own ratios", async () => {
    const times = { ours: [9, 9, 1, 2, 4], rival: [9, 9, 4, 4, 4] };
    const contenders = (["ours", "rival"] as const).map((name) => ({ name, iterate: () => times[name].shift()! }));
    const race = await runRace("ratio", contenders, { rounds: 3, warmups: 1 });
    expect(race.results[0]).toMatchObject({ seconds: [1, 2, 4], firstQuartile: 1.5, median: 2, thirdQuartile: 3, calls: 1 });
    expect(speedup(race, "ours", "rival")).toBe(2);
    expect(() => speedup(race, "ours", "other")).toThrow(/one of ours, rival, got other/);
  });

  it("repeats a call that is too short for the clock and reports one call", async () => {
    let calls = 0;
    const race = await runRace("short", [{ name: "a", iterate: () => void calls++ }], { rounds: 2, warmups: 1 });
    expect(race.results[0]!.calls).toBeGreaterThan(10);
    expect(calls).toBe(2 + 2 * race.results[0]!.calls);
    expect(race.results[0]!.median).toBeLessThan(1e-3);
  });

  it("refuses no contenders and no rounds", async () => {
    await expect(runRace("t", [], { rounds: 1, warmups: 0 })).rejects.toThrow(RangeError);
    await expect(runRace("t", [{ name: "a", iterate() {} }], { rounds: 0, warmups: 0 })).rejects.toThrow(RangeError);
  });
});

it("quantile is linear between order statistics", () => {
  expect([0, 0.25, 0.5, 1].map((p) => quantile([4, 1, 3, 2], p))).toEqual([1, 1.75, 2.5, 4]);
});

describe("startChild", () => {
  it("takes the seconds that the rival measured itself and what it says of itself", async () => {
    const child = await startChild(rival("runs"));
    if ("missing" in child) throw new Error(child.missing);
    expect(child.about).toEqual({ ready: true, version: "1.2" });
    expect(await child.iterate()).toBe(0.25);
    expect(await child.iterate()).toBe(0.25);
    expect(await child.memory()).toEqual({ peakMiB: 64 });
    child.stop();
  });

  it("says why a rival is missing", async () => {
    expect(await startChild(rival("missing"))).toEqual({ missing: "no torch" });
    expect(await startChild(rival("crash"))).toEqual({ missing: "it ended with code 3" });
    expect(await startChild({ name: "none", command: "no-such-program-here", args: [] })).toMatchObject({
      missing: expect.stringContaining("ENOENT"),
    });
  });
});

describe("bars", () => {
  it("close a program with one line each", () => {
    expect(barLine(makeBar("conv.speedup", 2.34567, ">=", 2))).toBe("bar conv.speedup 2.346 >= 2 ok");
    expect(barLine(makeBar("leak", 3, "=", 0))).toBe("bar leak 3 = 0 short");
    expect(makeBar("nan", NaN, "<=", 1).reached).toBe(false);
    expect(() => makeBar("two words", 1, ">", 0)).toThrow(RangeError);
  });
});

describe("the page", () => {
  it("gets a room's table between its markers, and keeps the rest", async () => {
    const { harness, findings, close } = makeHarness({ machine, quick: true, say() {} });
    await harness.race(
      "decode",
      [
        { name: "ours", iterate: () => 0.002, work: 4 },
        { name: "stock", iterate: () => 0.004 },
      ],
      { unit: "images" },
    );
    expect(await harness.child(rival("missing"))).toBeUndefined();
    harness.bar("decode", 2, ">", 1);
    close();
    const content = toMarkdown(machine, findings);
    expect(content).toContain("| ours | 2 | 2 to 2 | 1.00 | 2000 |");
    expect(content).toContain("| stock | 4 | 4 to 4 | 2.00 |  |");
    expect(content).toContain("- missing did not run: no torch");
    const page = intoPage("# Performance\n", "io", content);
    expect(page).toContain("## io");
    expect(intoPage(`${page}\nafter`, "io", "new")).toBe("# Performance\n\n## io\n\n<!-- bench:io -->\n\nnew\n\n<!-- /bench:io -->\n\nafter");
    expect(() => intoPage("<!-- bench:io -->", "io", "new")).toThrow(/only one of them/);
  });
});

it.skipIf(!commandExists("g++"))("the processor's own peak is above that of wasm without fused multiply-add (needs g++)", async () => {
  const [native, { wasmGflopsOneThread }] = [await nativePeak(1, 1_000_000), await measureMachine(50_000)];
  // On a busy machine either may be robbed of most of its time.
  expect(native).toBeGreaterThan(wasmGflopsOneThread / 4);
  expect(native).toBeLessThan(1000);
});

it("the machine line carries a measured peak and says which", async () => {
  const measured = await measureMachine(50_000);
  expect(measured.wasmGflopsOneThread).toBeGreaterThan(0.5);
  expect(measured.wasmGflopsOneThread).toBeLessThan(1000);
  expect(machineLine(measured)).toMatch(/wasm SIMD f32x4 multiply\+add peak [\d.]+ GFLOP\/s on one thread/);
});
