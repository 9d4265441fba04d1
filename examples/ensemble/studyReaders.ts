import { join } from "node:path";
import { applyStack, crossFit, fitNonNegativeStack } from "@mammo/ensemble";
import { areaUnder, auroc, bootstrapRoc, contrast } from "@mammo/metrics";
import { readRows } from "@mammo/pipeline/node";
import { oneByOne } from "../cli/progress.ts";

/** Readers give 0 and 1 too: drawn back to 0.01 and 0.99 before logits are taken, or one sure reading would outweigh all models. */
const logitOf = (p: number): number => {
  const inside = Math.min(Math.max(p, 0.01), 0.99);
  return Math.log(inside / (1 - inside));
};

/** Models stacked with and without each radiologist's reading, out of fold by case, on the public reader study. */
export async function* studyReaders(data: string, { seed, resamples }: { readonly seed: number; readonly resamples: number }) {
  const { columns, rows } = await readRows(join(data, "nyu-reader-study", "reader_study.csv"));
  const numbers = (column: string) => rows.map(({ cells }) => Number(cells[columns.indexOf(column)]));
  const labels = numbers("label");
  const groups = rows.map(({ cells }) => cells[columns.indexOf("case_ID")]!);
  const models = columns.filter((name) => name.startsWith("AI_")).map((name) => numbers(name).map(logitOf));
  const readers = columns.filter((name) => name.startsWith("Reader")).map((name) => ({ name, scores: numbers(name).map(logitOf) }));
  const stackOf = (members: readonly (readonly number[])[]) =>
    crossFit(labels, { groups, folds: 5, seed }, (train) => {
      const stack = fitNonNegativeStack(
        members.map((scores) => train.map((i) => scores[i]!)),
        train.map((i) => labels[i]!),
        { ridge: 10 },
      );
      return (i) =>
        applyStack(
          stack,
          members.map((scores) => scores[i]!),
        );
    });
  const intervalOf = (scores: ArrayLike<number>) =>
    bootstrapRoc({ labels, scores, clusters: groups }, { auroc: areaUnder }, { seed, resamples }).auroc;
  const alone = stackOf(models);
  const withModels = yield* oneByOne("readers", readers, ({ scores }) => stackOf([...models, scores]));
  const [stacked, readersAlone, both] = [intervalOf(alone), readers.map(({ scores }) => intervalOf(scores)), withModels.map(intervalOf)];
  const share = readers.map(() => 1 / readers.length);
  const minus = share.map((value) => -value);
  return {
    cases: labels.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    models: stacked,
    readers: contrast(readersAlone, share),
    both: contrast(both, share),
    gainOverReaders: contrast([...both, ...readersAlone], [...share, ...minus]),
    gainOverModels: contrast([...both, stacked], [...share, -1]),
    better: readers.filter(({ scores }, r) => auroc(labels, withModels[r]!) > auroc(labels, scores)).length,
    readerCount: readers.length,
  };
}

/** Everything that `studyReaders` has found. */
export type ReaderStudy = ReturnType<typeof studyReaders> extends AsyncGenerator<unknown, infer Study> ? Study : never;
