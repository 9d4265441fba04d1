// A contender of score.ts: files to reports and a page, as npm run score makes them. node scoring.ts THREADS BUNDLE FILE…
import { selectBackend } from "@mammo/backend";
import { mammogramReader } from "@mammo/io/node";
import { scoreCohort, scoredExamHtml } from "@mammo/pipeline";
import { chooseExams, loadBundle, readExams } from "@mammo/pipeline/node";
import { serve } from "../../harness/serve.ts";

const [threads, folder, ...files] = process.argv.slice(2) as [string, string, ...string[]];

await serve(async () => {
  const selected = await selectBackend({ prefer: "wasm", threads: Number(threads) });
  const reader = mammogramReader({ threads: Number(threads) });
  const bundle = await loadBundle(folder);
  /** All files once; how many seconds each step took. */
  const score = async () => {
    const spent = { choosing: 0, reading: 0, net: 0, page: 0 };
    const timed = async <T>(step: keyof typeof spent, work: () => Promise<T> | T): Promise<T> => {
      const start = performance.now();
      const result = await work();
      spent[step] += (performance.now() - start) / 1000;
      return result;
    };
    const chosen = await timed("choosing", () => chooseExams(files));
    const exams = readExams(chosen, { reader });
    const scored = scoreCohort(
      (async function* () {
        for (;;) {
          const { done, value } = await timed("reading", () => exams.next());
          if (done) return;
          yield value;
        }
      })(),
      bundle,
    );
    let [images, number] = [0, 0];
    for (;;) {
      const before = spent.reading;
      const { done, value } = await timed("net", () => scored.next());
      spent.net -= spent.reading - before;
      if (done) break;
      images += value.views.length;
      await timed("page", () => scoredExamHtml(value, ++number).length);
    }
    return { images, spent };
  };
  let last = await score();
  return {
    about: { version: `${selected.device}, ${selected.simd}`, images: last.images },
    async iterate() {
      last = await score();
    },
    memory: () => last.spent,
  };
});
process.exit();
