// Threads take no TypeScript loader over: where the package runs from its source, this entry brings one.
import { register } from "tsx/esm/api";

register();
const thread = import("./batchThread.ts");

export const batches = async (data) => (await thread).batches(data);
