// How memory grows over many images: one bundle on the same exams again and again, read in threads as npm run score does. node --expose-gc scoringMemory.ts THREADS BUNDLE IMAGES FILE…; prints a line of JSON a tenth.
import { selectBackend } from "@mammo/backend";
import { mammogramReader } from "@mammo/io/node";
import { scoreCohort, scoredExamHtml } from "@mammo/pipeline";
import { type ChosenExam, chooseExams, loadBundle, readExams } from "@mammo/pipeline/node";

const [threads, folder, count, ...files] = process.argv.slice(2) as [string, string, string, ...string[]];
await selectBackend({ prefer: "wasm", threads: Number(threads) });
const chosen = await chooseExams(files);

function* again(): Generator<ChosenExam> {
  for (;;) yield* chosen;
}

const reader = mammogramReader({ threads: Number(threads) });
let [images, number, told] = [0, 0, 0];
for await (const scored of scoreCohort(readExams(again(), { reader }), await loadBundle(folder))) {
  scoredExamHtml(scored, ++number);
  images += scored.views.length;
  if (images < (told * Number(count)) / 10) continue;
  told++;
  globalThis.gc?.();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  console.log(JSON.stringify({ images, rss, heapUsed, external, arrayBuffers }));
  if (images >= Number(count)) break;
}
process.exit();
