// Threads take no TypeScript loader over: where the package runs from its source, this entry brings one.
import { register } from "tsx/esm/api";

register();
const tasks = import("./workerTasks.ts");

export const read = async (request) => (await tasks).read(request);
export const readImage = async (request) => (await tasks).readImage(request);
export const readCohort = async (request) => (await tasks).readCohort(request);
export const decode = async (request) => (await tasks).decode(request);
export const sample = async (request) => (await tasks).sample(request);
