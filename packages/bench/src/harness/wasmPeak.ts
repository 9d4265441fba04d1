import { Worker } from "node:worker_threads";

/*
 * (func (export "run") (param $n i32) (result f32)   12 f32x4 accumulators, each a = a * 0.999 + 0.001, n times.)
 * Twelve chains of multiply and add are more than the units can hold in flight, so their throughput is what is measured.
 */
const chains = 12;
const flopPerTurn = chains * 4 * 2;

const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)]);
const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const simd = (code: number) => [0xfd, ...unsigned(code)];
const float = (value: number) => [...new Uint8Array(new Float32Array([value]).buffer)];
const splat = (value: number) => [0x43, ...float(value), ...simd(0x13)];

function module(): Uint8Array<ArrayBuffer> {
  const [n, x, y, first] = [0, 1, 2, 3];
  const each = (body: (local: number) => number[]) => Array.from({ length: chains }, (_, i) => body(first! + i)).flat();
  const body = [
    ...[1, chains + 2, 0x7b], // locals: x, y and the chains are v128
    ...[...splat(0.999), ...set(x!), ...splat(0.001), ...set(y!)],
    ...[0x03, 0x40], // loop
    ...each((a) => [...get(a), ...get(x!), ...simd(0xe6), ...get(y!), ...simd(0xe4), ...set(a)]), // f32x4.mul, f32x4.add
    ...[...get(n!), 0x41, 1, 0x6b, 0x22, n!, 0x0d, 0, 0x0b], // n -= 1; again while n; end
    ...[...get(first!), ...each((a) => [...get(a), ...simd(0xe4)]), ...simd(0x1f), 0, 0x0b], // sum, lane 0; end
  ];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode("run"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

const workerSource = `
const { parentPort, workerData } = require("node:worker_threads");
const { run } = new WebAssembly.Instance(new WebAssembly.Module(workerData.bytes)).exports;
run(100000);
let best = Infinity;
for (let i = 0; i < workerData.trials; i++) { const start = performance.now(); run(workerData.turns); best = Math.min(best, performance.now() - start); }
parentPort.postMessage(best / 1000);
`;

/**
 * GFLOP/s that a wasm SIMD loop of f32x4 multiply and add reaches on so many threads together.
 *
 * It is the ceiling of a wasm kernel without relaxed-SIMD FMA, not of the processor: native code with wider fused
 * multiply-add can go several times higher. The best of a few trials, since every disturbance makes it lower.
 */
export async function wasmPeak(threads: number, turns = 4_000_000): Promise<number> {
  const workerData = { bytes: module(), turns, trials: 4 };
  const seconds = await Promise.all(
    Array.from({ length: threads }, () => {
      return new Promise<number>((resolve, reject) => {
        new Worker(workerSource, { eval: true, workerData, execArgv: [] }).on("message", resolve).on("error", reject);
      });
    }),
  );
  return seconds.reduce((sum, second) => sum + (flopPerTurn * turns) / second / 1e9, 0);
}
