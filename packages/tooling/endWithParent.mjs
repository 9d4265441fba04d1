// Loaded before a program of the launcher (--import): the program ends when the launcher is gone, even by kill -9, and writes on for nobody.
import { isMainThread, Worker } from "node:worker_threads";

// In a thread of its own, since the program's may compute for seconds. An orphan has another parent at once.
const watch = `
const { workerData: parent } = require("node:worker_threads");
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 500);
`;
if (isMainThread) new Worker(watch, { eval: true, execArgv: [], workerData: process.ppid }).unref();
