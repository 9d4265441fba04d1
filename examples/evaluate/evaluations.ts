import { basename } from "node:path";
import {
  analyzeInSteps,
  analyzeStudy,
  type Cases,
  commonLabel,
  describeAnalysis,
  describeStudy,
  type Figure,
  figuresOf,
  isLongStudy,
  joinCases,
  mergePredictions,
  type ReaderStudy,
  type ReportContent,
  type Rows,
  readStudy,
  studyFigures,
  studyTables,
  tablesOf,
} from "@mammo/pipeline";
import { type DrawThread, type Progress, readRows, startDrawThread } from "@mammo/pipeline/node";
import { UsageError } from "../cli/program.ts";
import type { EvaluateOptions } from "./options.ts";

/** What was found, in numbers, words and pictures; the pictures are drawn only where they are wanted. */
export interface Evaluation extends Pick<ReportContent, "about" | "tables"> {
  readonly result: object;
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly figures: () => readonly Figure[];
}

/** Scores of one model or several, and of readers, against labels. */
export async function* evaluateScores(paths: readonly string[], values: EvaluateOptions): AsyncGenerator<Progress, Evaluation> {
  const { cases, inputs } = yield* readAs(paths, values, casesOf);
  const { seed, resamples, threshold, prevalence } = values;
  const thread = cases.labels.length >= manyCases ? await startDrawThread() : undefined;
  const asked = { seed, resamples, threshold, prevalence, minSensitivity: values["min-sensitivity"] };
  const result = yield* closing(thread, analyzeInSteps(cases, asked, { drawsOf: thread?.drawsOf }));
  return { result, inputs, about: describeAnalysis(result), tables: tablesOf(result), figures: () => figuresOf(cases, result) };
}

/** From here on a second core is of use. */
const manyCases = 100_000;

/** Steps of work, and the end of the thread that it needed. */
async function* closing<Step, Result>(thread: DrawThread | undefined, work: Generator<Step, Result>): AsyncGenerator<Step, Result> {
  try {
    return yield* work;
  } finally {
    await thread?.close();
  }
}

/** Ratings of several readers with several treatments. */
export async function* evaluateStudy(paths: readonly string[], values: EvaluateOptions): AsyncGenerator<Progress, Evaluation> {
  if (paths.length > 2) throw new UsageError("Expected a file of ratings and perhaps one of the truth with --mrmc; see --help");
  const misplaced = (["readers", "names", "groups", "threshold"] as const).find((name) => values[name] !== undefined);
  if (misplaced !== undefined) throw new UsageError(`Expected no --${misplaced} with --mrmc; see --help`);
  const { label, positive, score: scores, cluster, key, rename, common } = values;
  const columns = { label, positive, scores, cluster, key, rename, common };
  const { cases: study, inputs } = yield* readAs(paths, values, ([ratings, truth]): ReaderStudy => readStudy(ratings!, truth, columns));
  const { seed, resamples } = values;
  const covariance = values.covariance as "jackknife" | "delong" | "unbiased";
  const result = analyzeStudy(study, { covariance, seed, resamples, minSensitivity: values["min-sensitivity"] });
  return { result, inputs, about: describeStudy(result), tables: studyTables(result), figures: () => studyFigures(study, result) };
}

const separators: Readonly<Record<string, "," | ";" | "\t">> = { comma: ",", semicolon: ";", tab: "\t" };

/** What is made of the tables, which are let go with this: a million rows are large. By number in messages: the name of a file may be the name of a patient. */
async function* readAs<Made>(
  paths: readonly string[],
  values: EvaluateOptions,
  made: (tables: readonly Rows[], values: EvaluateOptions) => Made,
): AsyncGenerator<Progress, { readonly cases: Made; readonly inputs: Evaluation["inputs"] }> {
  const tables: Rows[] = [];
  for (const [index, path] of paths.entries()) {
    yield { phase: "read", done: index, total: paths.length };
    tables.push(await readRows(path, { called: `file ${index + 1}`, separator: separators[values.sep ?? ""] }));
  }
  return { cases: made(tables, values), inputs: tables.map(({ sha256 }, index) => ({ file: basename(paths[index]!), sha256 })) };
}

function casesOf(files: readonly Rows[], values: EvaluateOptions): Cases {
  if (isLongStudy(files[0]!)) throw new UsageError("Expected --mrmc for a table of readers, treatments and cases; see --help");
  const label = values.labels === undefined ? commonLabel(files, { label: values.label, scores: values.score }) : undefined;
  const truth = files.length > 1 && label === undefined ? files.at(-1) : undefined;
  const predicted = truth === undefined ? files : files.slice(0, -1);
  const names = values.names?.split(",");
  if (names !== undefined && names.length !== predicted.length && truth !== undefined && values.labels === undefined)
    throw new UsageError(
      `Expected ${predicted.length} --names, since the last file holds the labels (--labels names another), got ${names.length}; see --help`,
    );
  if (names !== undefined && predicted.length < 2) throw new UsageError("Expected several files of predictions with --names; see --help");
  const { positive, readers, groups, cluster, rename, key, repeated, common } = values;
  const columns = { positive, readers, groups, cluster, rename, key, repeated, common };
  if (predicted.length === 1) return joinCases(predicted[0]!, truth, { ...columns, label: values.label, scores: values.score });
  const { predictions, scores } = mergePredictions(predicted, { rename, key, common, label, scores: values.score, names });
  return joinCases(predictions, truth, { ...columns, label: label ?? values.label, scores });
}
