// Loaded before a program of the launcher (--import): the program ends when the launcher is gone, even by kill -9, and writes on for nobody.
import { isMainThread, Worker } from "node:worker_threads";

// The launcher says who it is: it may be gone before this line runs, and another process be the parent. What this process starts has other parents.
const launcher = Number(process.env.MAMMO_LAUNCHER ?? process.ppid);
if (isMainThread) delete process.env.MAMMO_LAUNCHER;
if (isMainThread && process.ppid !== launcher) process.kill(process.pid, "SIGKILL");

// In a thread of its own, since the program's may compute for seconds. An orphan has another parent at once.
const watch = `
const { workerData: parent } = require("node:worker_threads");
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, 500);
`;
if (isMainThread) new Worker(watch, { eval: true, execArgv: [], workerData: launcher }).unref();
