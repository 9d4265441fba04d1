// npm run evaluate: predictions against labels, with the challenge's scores and intervals drawn by woman.
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { escapeTerminal, json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { analyze, describeAnalysis, figuresOf, htmlReport, joinCases, mergePredictions, tablesOf } from "@mammo/pipeline";
import { markdownReport, readRows } from "@mammo/pipeline/node";
import { outputFolder } from "../cli/outputFolder.ts";
import { program, UsageError } from "../cli/program.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage: "npm run evaluate -- PREDICTIONS... [LABELS] [options]   (.tsv, .csv or .parquet; one file may hold both)",
    about:
      "Scores predictions against labels: AUROC, partial AUROC in both conventions, specificity, with intervals drawn by woman; models against readers. Of three files or more the last holds the labels; the others are models on the same cases, compared in pairs with the first.",
    takesFiles: true,
    options: {
      score: { kind: "text", help: "columns of scores, comma-separated, * allowed (default confidence, score or probability)" },
      readers: { kind: "text", help: "columns of readers' scores: adds the reader study" },
      label: { kind: "text", help: "column of 0/1 labels (default cancer, label, or the challenge's cancerL and cancerR)" },
      positive: { kind: "text", help: "the label that counts as 1, such as malignant or 2; all others are 0 then" },
      labels: { kind: "text", help: "the file of labels: all others are predictions" },
      names: { kind: "text", help: "what several files' scores are called, comma-separated (default file 1,file 2, ...)" },
      common: { kind: "flag", help: "of several files of predictions, keep the cases that all name; else these must be the same" },
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
      markdown: { kind: "text", help: "a Markdown page with tables, its pictures beside it" },
      title: { kind: "text", default: "Evaluation", help: "title of the pages" },
      about: { kind: "text", help: "a sentence below it: where the cases come from" },
    },
  },
  async (values, paths) => {
    if (paths.length < 1) throw new UsageError("Expected a file of predictions; see --help");
    if (values.names !== undefined && paths.length < (values.labels === undefined ? 3 : 2))
      throw new UsageError("Expected several files of predictions with --names; see --help");
    // By number: the name of a file may be the name of a patient.
    const all = [...paths, ...(values.labels === undefined ? [] : [values.labels])];
    const files = await Promise.all(all.map((path, index) => readRows(path, { called: `file ${index + 1}` })));
    const truth = all.length > 1 ? files.at(-1) : undefined;
    const predicted = files.slice(0, Math.max(1, all.length - 1));
    const out = values.out === undefined ? undefined : await outputFolder(values.out, { program: "evaluate", isOwn: isResult });
    try {
      const { predictions, scores } =
        predicted.length === 1
          ? { predictions: predicted[0]!, scores: values.score }
          : mergePredictions(predicted, { ...values, scores: values.score, names: values.names?.split(",") });
      const cases = joinCases(predictions, truth, { ...values, scores });
      const analysis = analyze(cases, {
        seed: values.seed,
        resamples: values.resamples,
        minSensitivity: values["min-sensitivity"],
        threshold: values.threshold,
        prevalence: values.prevalence,
      });
      const tables = tablesOf(analysis);
      const inputs = files.map(({ sha256 }, index) => ({ file: basename(all[index]!), sha256 }));
      const about = [...(values.about === undefined ? [] : [values.about]), ...describeAnalysis(analysis)];
      process.stdout.write(`${about.map(escapeTerminal).join("\n")}\n`);
      for (const { title, rows } of tables) process.stdout.write(`\n${escapeTerminal(title)}\n${table(rows)}`);
      if (values.out === undefined && values.markdown === undefined) return;
      const content = { title: values.title, about, tables, figures: figuresOf(cases, analysis) };
      if (out) {
        await out.write("evaluation.json", json({ inputs, ...analysis }));
        await out.write("evaluation.html", htmlReport(content));
        await out.commit();
        process.stdout.write(`\nwrote ${join(values.out!, "evaluation.json")} and evaluation.html\n`);
      }
      if (values.markdown !== undefined) {
        const { text, files: beside } = markdownReport({
          ...content,
          path: values.markdown,
          inputs,
          command: commandOf(process.argv.slice(2), all),
        });
        for (const { path, content } of beside) await writeFileAtomically(path, content);
        await writeFileAtomically(values.markdown, text);
        process.stdout.write(`\nwrote ${values.markdown} and ${beside.length} pictures in ${relative(".", dirname(beside[0]!.path))}\n`);
      }
    } finally {
      await out?.discard();
    }
  },
);

/** The files of --out. */
function isResult(path: string): boolean {
  return /^evaluation\.(json|html)$/.test(path);
}

/** A word that a shell takes as it is, whatever it holds. */
function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The call without `--out` and the folders of this machine, so that a page can say how it was made; each word as a shell takes it. */
function commandOf(words: readonly string[], paths: readonly string[]): string {
  const kept = words.filter((word, k) => word !== "--out" && words[k - 1] !== "--out" && !word.startsWith("--out="));
  const named = kept.map((word) => (paths.includes(word) || isAbsolute(word) ? basename(word) : word));
  const quoted = named.map((word) => (/^[\w./-]+$/.test(word) ? word : shellQuoted(word)));
  return `npm run evaluate -- ${quoted.join(" ")}`;
}
