import { fileURLToPath } from "node:url";
import { commandExists } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { startChild } from "../src/harness/child.ts";
import { compareTimes, speedup } from "../src/harness/comparison.ts";
import { makeHarness } from "../src/harness/harness.ts";
import { machineLine, measureMachine } from "../src/harness/machine.ts";
import { nativePeak } from "../src/harness/nativePeak.ts";
import { intoPage, toMarkdown } from "../src/harness/report.ts";

const machine = { processor: "P", threads: 2, memoryGiB: 4, node: "v20", wasmGflopsOneThread: 10, wasmGflopsAllThreads: 20 };
const contender = (mode: string) => ({
  name: mode,
  command: process.execPath,
  args: [fileURLToPath(new URL("./contenders/contender.mjs", import.meta.url)), mode],
});

describe("compareTimes", () => {
  it("runs every contender once a round, in turning order, after the warm-up", async () => {
    const log: string[] = [];
    const contender = (name: string) => ({
      name,
      iterate() {
        log.push(name);
        return 1; // times itself, so one call is long enough
      },
    });
    await compareTimes("order", ["a", "b", "c"].map(contender), { rounds: 3, warmups: 2 });
    expect(log.join("")).toBe(`${"aaabbbccc"}${"abcbcacab"}`);
  });

  it("gives medians, quartiles and the median of the rounds' own ratios", async () => {
    const times = { ours: [9, 9, 1, 2, 4], baseline: [9, 9, 4, 4, 4] };
    const contenders = (["ours", "baseline"] as const).map((name) => ({ name, iterate: () => times[name].shift()! }));
    const comparison = await compareTimes("ratio", contenders, { rounds: 3, warmups: 1 });
    expect(comparison.timings[0]).toMatchObject({ seconds: [1, 2, 4], firstQuartile: 1.5, median: 2, thirdQuartile: 3, calls: 1 });
    expect(speedup(comparison, "ours", "baseline")).toBe(2);
    expect(() => speedup(comparison, "ours", "other")).toThrow(/one of ours, baseline, got other/);
  });

  it("repeats a call that is too short for the clock and reports one call", async () => {
    let calls = 0;
    const comparison = await compareTimes("short", [{ name: "a", iterate: () => void calls++ }], { rounds: 2, warmups: 1 });
    expect(comparison.timings[0]!.calls).toBeGreaterThan(10);
    expect(calls).toBe(2 + 2 * comparison.timings[0]!.calls);
    expect(comparison.timings[0]!.median).toBeLessThan(1e-3);
  });

  it("refuses no contenders and no rounds", async () => {
    await expect(compareTimes("t", [], { rounds: 1, warmups: 0 })).rejects.toThrow(RangeError);
    await expect(compareTimes("t", [{ name: "a", iterate() {} }], { rounds: 0, warmups: 0 })).rejects.toThrow(RangeError);
  });
});

describe("startChild", () => {
  it("takes the seconds that the contender measured itself and what it states of itself", async () => {
    const child = await startChild(contender("runs"));
    if ("missing" in child) throw new Error(child.missing);
    expect(child.about).toEqual({ ready: true, version: "1.2" });
    expect(await child.iterate()).toBe(0.25);
    expect(await child.iterate()).toBe(0.25);
    expect(await child.memory()).toEqual({ peakMiB: 64 });
    child.stop();
  });

  it("says why a contender is missing", async () => {
    expect(await startChild(contender("missing"))).toEqual({ missing: "no torch" });
    expect(await startChild(contender("crash"))).toEqual({ missing: "it ended with code 3" });
    expect(await startChild({ name: "none", command: "no-such-program-here", args: [] })).toMatchObject({
      missing: expect.stringContaining("ENOENT"),
    });
  });
});

describe("the page", () => {
  it("gets a bench's table between its markers, and keeps the rest", async () => {
    const { harness, findings, close } = makeHarness({ machine, quick: true, print() {} });
    await harness.compare(
      "decode",
      [
        { name: "ours", iterate: () => 0.002, work: 4 },
        { name: "stock", iterate: () => 0.004 },
      ],
      { unit: "images" },
    );
    expect(await harness.child(contender("missing"))).toBeUndefined();
    harness.threshold("decode", 2, ">", 1);
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
