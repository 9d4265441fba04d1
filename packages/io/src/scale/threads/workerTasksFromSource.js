// Threads take no TypeScript loader over: where the package runs from its source, this entry brings one.
import { register } from "tsx/esm/api";

register();
const work = import("./workerTasks.ts");

export const read = async (request) => (await work).read(request);
export const decode = async (request) => (await work).decode(request);
export const sample = async (request) => (await work).sample(request);
