import { spawn, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { minMax } from "@mammo/mammogram";
import { temporaryFolder } from "./temporaryFolder.ts";

/** Sixteen chains of vectors of BYTES bytes: more fused multiply-adds than the units can hold in flight. */
const source = `
#include <chrono>
#include <cstdio>
#include <cstdlib>
typedef float lanes __attribute__((vector_size(BYTES)));
int main(int, char **arguments) {
  const long turns = atol(arguments[1]);
  lanes a[16]; for (int i = 0; i < 16; i++) a[i] = lanes{} + float(i);
  lanes x = lanes{} + 0.999f, y = lanes{} + 0.001f;
  double best = 1e9;
  for (int trial = 0; trial < 4; trial++) {
    auto start = std::chrono::steady_clock::now();
    for (long t = 0; t < turns; t++) {
      #pragma GCC unroll 16
      for (int i = 0; i < 16; i++) a[i] = a[i] * x + y;
    }
    double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (s < best) best = s;
  }
  float sum = 0; for (int i = 0; i < 16; i++) sum += a[i][0];
  printf("%f %f\\n", turns * 16.0 * (BYTES / 4) * 2 / best / 1e9, sum);
}`;

/**
 * GFLOP/s of fused multiply-add in float32 that so many processes reach together on this processor, in its widest vectors: the machine's own peak.
 * Undefined where no C++ compiler is.
 */
export async function nativePeak(processes: number, turns = 20_000_000): Promise<number | undefined> {
  const folder = temporaryFolder();
  try {
    writeFileSync(join(folder, "peak.cc"), source);
    // Vectors wider than the processor's own are computed value by value: a short trial picks the width.
    const programs = [64, 32].flatMap((bytes) => compile(folder, bytes) ?? []);
    if (programs.length === 0) return undefined;
    const trials: number[] = [];
    for (const program of programs) trials.push(await rateOf(program, turns / 20));
    const best = programs[trials.indexOf(minMax(trials)[1])]!;
    const rates = await Promise.all(Array.from({ length: processes }, () => rateOf(best, turns)));
    return rates.reduce((sum, rate) => sum + rate, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The path of the program for vectors of so many bytes; undefined where it does not compile. */
function compile(folder: string, bytes: number): string | undefined {
  const program = join(folder, `peak${bytes}`);
  const flags = ["-O3", "-march=native", "-ffp-contract=fast", "-w", `-DBYTES=${bytes}`, join(folder, "peak.cc"), "-o", program];
  // GCC prefers vectors of 32 bytes even where those of 64 are faster.
  for (const wide of [["-mprefer-vector-width=512"], []])
    if (spawnSync(process.env["CXX"] ?? "g++", [...wide, ...flags]).status === 0) return program;
  return undefined;
}

function rateOf(program: string, turns: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const child = spawn(program, [String(turns)], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (chunk: Buffer) => void (printed += chunk.toString()));
    child.on("error", reject);
    child.on("close", () => resolve(Number.parseFloat(printed)));
  });
}
