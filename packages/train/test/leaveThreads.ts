// node leaveThreads.ts: takes a batch from threads and closes nothing.
import { selectBackend } from "@mammo/backend";
import { batchThreads } from "@mammo/train/node";

await selectBackend({ prefer: "cpu" });
const { batch } = batchThreads(new URL("./batchModule.js", import.meta.url), { data: { slow: 50 }, threads: 2 });
const { classes } = await batch(3, []);
process.stdout.write(`${classes!.dataSync()[0]}\n`);
