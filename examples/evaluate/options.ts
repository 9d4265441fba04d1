import { jsonOption, type Option, type Values } from "../cli/program.ts";

/** What `npm run evaluate` takes. */
export const options = {
  sep: { kind: "text", choices: ["comma", "semicolon", "tab"], help: "what stands between the cells (default: guessed from the heads)" },
  score: { kind: "text", help: "columns of scores, comma-separated, * allowed (default confidence, score or probability)" },
  readers: { kind: "text", help: "columns of readers' scores: adds the reader study" },
  mrmc: {
    kind: "flag",
    help: "a fully crossed reader study in long form, one rating a row: columns reader, treatment, case, truth, rating (others by --rename, --key, --label, --score)",
  },
  covariance: { kind: "text", default: "jackknife", choices: ["jackknife", "delong", "unbiased"], help: "of --mrmc: how areas vary together" },
  label: { kind: "text", help: "column of 0/1 labels (default cancer, label, or the challenge's cancerL and cancerR; of --mrmc also truth)" },
  positive: { kind: "text", help: "the label that counts as 1, such as malignant or 2; all others are 0 then" },
  labels: { kind: "text", help: "the file of labels: all others are predictions (default the last, unless every file holds labels)" },
  names: { kind: "text", help: "what several files' scores are called, comma-separated (default file 1,file 2, ...)" },
  common: {
    kind: "flag",
    help: "keep the cases that all files name, also that of the labels; of --mrmc those with all ratings; else a missing one is an error",
  },
  key: {
    kind: "text",
    help: "columns that name a case together, comma-separated (default subjectId, examIndex, laterality, imageIndex: those there are)",
  },
  rename: { kind: "text", help: "other names of the key columns: patient=subjectId,breast=laterality (patient_id, side and the like are known)" },
  repeated: { kind: "flag", help: "rows of one table that name the same case are cases of their own" },
  cluster: { kind: "text", help: "column that says whose a row is (default subjectId; without it each row stands alone, and that is said)" },
  groups: { kind: "text", help: "columns to make subgroups of" },
  "min-sensitivity": { kind: "number", default: 0.8, range: [0, 0.999], help: "lower bound of the partial area" },
  threshold: { kind: "number", help: "recall at this score or above (default: where the sensitivity above is reached)" },
  prevalence: { kind: "number", default: 0.0035, range: [1e-6, 0.999], help: "share of positives for the audit and the decision curve" },
  resamples: { kind: "number", default: 2000, range: [10, 1_000_000], integer: true, help: "bootstrap resamples" },
  seed: { kind: "number", default: 1, range: [0, 2 ** 32 - 1], integer: true, help: "seed of the bootstrap" },
  out: { kind: "text", help: "new or empty folder for evaluation.json and evaluation.html" },
  csv: { kind: "text", help: "new or empty folder for the numbers, unrounded: a CSV file for each table" },
  plots: { kind: "text", help: "new or empty folder for the plots, each as SVG, PDF (lines and letters) and PNG" },
  latex: {
    kind: "text",
    help: "a LaTeX document that compiles, its tables (plain tabular, to be taken by \\input) and figures (PDF) in a folder beside it",
  },
  markdown: { kind: "text", help: "a Markdown page with tables, its pictures beside it" },
  title: { kind: "text", default: "Evaluation", help: "title of the pages" },
  about: { kind: "text", help: "a sentence below it: where the cases come from" },
  json: jsonOption,
} as const satisfies Readonly<Record<string, Option>>;

export type EvaluateOptions = Values<typeof options>;
