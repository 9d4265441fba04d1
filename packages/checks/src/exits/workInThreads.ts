// The same shape without any of our code: two threads that fill arrays and sort them, asked to end when they have answered.
import { Worker } from "node:worker_threads";

const work = `const { parentPort } = require("node:worker_threads");
parentPort.postMessage(Array.from({ length: 40 }, (_, i) => Float64Array.from({ length: 20000 }, (_, k) => Math.sin(i * k)).sort()[0]));`;
await Promise.all(
  [1, 2].map(async () => {
    const worker = new Worker(work, { eval: true });
    await new Promise((resolve) => worker.once("message", resolve));
    await worker.terminate();
  }),
);
