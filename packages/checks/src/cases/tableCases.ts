import { join } from "node:path";
import { combineScores, mrmc } from "@mammo/metrics";
import { type Analysis, analyze, type CaseColumns, type Cases, describeAnalysis, figuresOf, htmlReport, joinCases, tablesOf } from "@mammo/pipeline";
import { readRows } from "@mammo/pipeline/node";
import type { Case, Outcome } from "./case.ts";

/** What `npm run evaluate` makes of tables. */
interface Evaluated {
  readonly cases: Cases;
  readonly analysis: Analysis;
  /** All that is said beside the numbers. */
  readonly said: string;
  readonly html: string;
}

type Wanted = Partial<CaseColumns> & { readonly prevalence?: number; readonly labels?: string };

async function evaluate(folder: string, predictions: string, { prevalence = 0.0035, labels, ...wanted }: Wanted = {}): Promise<Evaluated> {
  const rows = (name: string) => readRows(join(folder, "tables", name), { called: name });
  const columns = { label: undefined, scores: undefined, readers: undefined, groups: undefined, cluster: undefined, ...wanted };
  const cases = joinCases(await rows(predictions), labels === undefined ? undefined : await rows(labels), columns);
  const analysis = analyze(cases, { seed: 1, resamples: 50, minSensitivity: 0.8, threshold: undefined, prevalence });
  const about = describeAnalysis(analysis);
  const html = htmlReport({ title: "cases", about, tables: tablesOf(analysis), figures: figuresOf(cases, analysis) });
  return { cases, analysis, said: about.join("\n"), html };
}

/** A table that is evaluated as it should be, and, where that is a right answer, refused with words that its user can act on. */
function evaluated(
  path: string,
  expected: string,
  isRight: (found: Evaluated, folder: string) => boolean | Promise<boolean>,
  { refused, ...wanted }: Wanted & { readonly refused?: RegExp } = {},
): Case {
  return {
    path: `tables/${path}`,
    expected,
    async run(folder): Promise<{ readonly outcome: Outcome; readonly note?: string }> {
      try {
        const found = await evaluate(folder, path, wanted);
        return { outcome: (await isRight(found, folder)) ? "right" : "silently wrong", note: found.said.split("\n").slice(0, 3).join("; ") };
      } catch (error) {
        const { code, message } = error as Error & { readonly code?: string };
        if (code !== "table") return { outcome: "untyped error", note: String(error) };
        return { outcome: refused?.test(message) ? "refused" : "refused though readable", note: message };
      }
    },
  };
}

const never = () => false;
const auroc = ({ analysis }: Evaluated) => analysis.scores[0]!.auroc.estimate;
const rounded = (value: number) => Number(value.toFixed(3));
const isBase = async (found: Evaluated, folder: string): Promise<boolean> => {
  const base = await evaluate(folder, "base.csv");
  return auroc(found) === auroc(base) && found.analysis.clusters === base.analysis.clusters && found.analysis.positives === base.analysis.positives;
};
const near = (value: number, expected: number, by: number): boolean => Math.abs(value - expected) <= by;

/** By the library: the report's jackknife of partial areas takes half a minute on 4000 cases. */
const readersClose: Case = {
  path: "tables/readers_close.csv",
  expected: "with AI minus alone: [0.095, 0.141], F = 97.5, p tiny",
  async run(folder) {
    const columns = { label: undefined, scores: "AI", readers: "R*", groups: undefined, cluster: undefined };
    const { labels, models, readers } = joinCases(await readRows(join(folder, "tables/readers_close.csv")), undefined, columns);
    const alone = readers.map(({ values }) => values);
    const withAi = alone.map((values) => combineScores([values, models[0]!.values]));
    const { differences, statistic, p } = mrmc(labels, [withAi, alone], { covariance: "jackknife" }).randomReadersRandomCases;
    const { low, high } = differences[0]!;
    const isRight = near(low, 0.095, 5e-4) && near(high, 0.141, 5e-4) && near(statistic, 97.5, 0.1) && p < 1e-9;
    return { outcome: isRight ? "right" : "silently wrong", note: `[${low}, ${high}], F ${statistic}, p ${p}` };
  },
};

/** All cases of ../shared/cases/tables that are files; sources of the right answers: its README. */
export const tableCases: readonly Case[] = [
  evaluated("base.csv", "AUROC .831, 12 positives of 60 women", (found) => rounded(auroc(found)) === 0.831 && found.analysis.clusters === 60),
  readersClose,
  evaluated(
    "readers_perfect.csv",
    "spread 0: finite, p from the remaining terms",
    ({ analysis }) =>
      (["auroc", "partialRaw"] as const).every((measure) => {
        const { versusMeanReader, combined } = analysis.readerStudy!.models[0]![measure];
        const { low, high } = versusMeanReader.difference;
        return low > -1 && high < 0 && versusMeanReader.p < 0.05 && near(combined.difference.low, 0, 1e-9) && near(combined.difference.high, 0, 1e-9);
      }),
    { scores: "AI", readers: "R*" },
  ),
  evaluated("pred.csv", "contradicting labels (lab_dup_conflict.csv): refused", never, {
    labels: "lab_dup_conflict.csv",
    refused: /one label for each subjectId \+ laterality/,
  }),
  evaluated("dup_rows.csv", "rows twice: refused", never, { refused: /each subjectId \+ laterality once .* --repeated/ }),
  evaluated("pred.tsv", "examIndex that is a date (meta_dates2.tsv): refused", never, {
    labels: "meta_dates2.tsv",
    refused: /a number as examIndex/,
  }),
  evaluated(
    "pred.tsv",
    "the last exam counts (meta_num2.tsv): .831, 12 positives, said",
    (found) => rounded(auroc(found)) === 0.831 && found.analysis.positives === 12 && found.said.includes("earlier exams are left out"),
    { labels: "meta_num2.tsv" },
  ),
  evaluated(
    "onefile_LR.csv",
    "one score a woman: 60 cases, .881, said",
    (found) => rounded(auroc(found)) === 0.881 && found.analysis.cases === 60 && found.said.includes("one score a row"),
  ),
  evaluated(
    "two_pred.csv",
    "the same in two files (two_lab.csv): 60 cases, .881, said",
    (found) => rounded(auroc(found)) === 0.881 && found.said.includes("finer"),
    {
      labels: "two_lab.csv",
    },
  ),
  evaluated(
    "latin1_ids.csv",
    "160 women, read as Latin-1 and said",
    ({ analysis, said }) => analysis.clusters === 160 && said.includes("Windows-1252"),
  ),
  evaluated("xss.csv", "column names escaped everywhere", ({ html }) => !html.includes("<img") && html.includes("&lt;img"), { scores: "<*" }),
  evaluated(
    "percent.csv",
    "scores not in [0, 1]: said",
    (found) => rounded(auroc(found)) === 0.831 && found.said.includes("no probabilities: confidence"),
  ),
  evaluated("onepos.csv", "one positive: said", ({ said }) => said.includes("1 positive case: intervals cannot show")),
  evaluated(
    "perfect.csv",
    "interval [1, 1]: said",
    ({ said, html }) => said.includes("AUROC of 0 or 1 (confidence)") && html.includes("1.000 [no interval]"),
  ),
  evaluated("mac.csv", "old line ends: read", isBase),
  evaluated("utf16.csv", "UTF-16: read, said", async (found, folder) => (await isBase(found, folder)) && found.said.includes("UTF-16")),
  evaluated(
    "patient_id.csv",
    "another key name: read, said",
    async (found, folder) => (await isBase(found, folder)) && found.said.includes("of patient_id.csv is taken as subjectId"),
  ),
  evaluated("base.csv", "prevalence .25: a report", ({ html }) => html.includes("Net benefit at prevalence 25"), { prevalence: 0.25 }),
];
