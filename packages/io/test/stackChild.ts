// Reads all frames of a stack from its file, in a process of its own; prints what that cost in memory.
import { parseDicom, readFrames, readMammogram } from "../src/index.ts";
import { fileSource } from "../src/node.ts";

const source = await fileSource(process.argv[2]!);
const file = await parseDicom(source);
const before = process.memoryUsage.rss();
const sums: number[] = [];
let peak = 0;
for await (const cells of readFrames(file)) {
  sums.push(cells[0]!);
  peak = Math.max(peak, process.memoryUsage.rss() - before);
}
const { image } = await readMammogram(source, { frame: 41 });
await source.close();
console.log(JSON.stringify({ sums, peak, laterality: image.laterality, source: image.source.rows }));
