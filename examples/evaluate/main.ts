// npm run evaluate: predictions against labels, with the challenge's scores and intervals drawn by woman.
import { basename, dirname, join, relative } from "node:path";
import { json, writeWhole } from "../shared/files.ts";
import { htmlTable, page } from "../shared/page.ts";
import { program, UsageError } from "../shared/program.ts";
import { table } from "../shared/table.ts";
import { analyse } from "./analyse.ts";
import { joinCases } from "./joinCases.ts";
import { markdownPage } from "./markdownPage.ts";
import { picturesOf } from "./pictures.ts";
import { readRows } from "./readRows.ts";
import { conventions, tablesOf } from "./tables.ts";

await program(
  {
    usage: "npm run evaluate -- PREDICTIONS [LABELS] [options]   (.tsv, .csv or .parquet; one file may hold both)",
    about:
      "Scores predictions against labels: AUROC, partial AUROC in both conventions, specificity, with intervals drawn by woman; models against readers.",
    takesFiles: true,
    options: {
      score: { kind: "text", help: "columns of scores, comma-separated, * allowed (default confidence, score or probability)" },
      readers: { kind: "text", help: "columns of readers' scores: adds the reader study" },
      label: { kind: "text", help: "column of 0/1 labels (default cancer, label, or the challenge's cancerL and cancerR)" },
      cluster: { kind: "text", help: "column that says whose a row is (default subjectId; without it each row stands alone)" },
      groups: { kind: "text", help: "columns to make subgroups of" },
      "min-sensitivity": { kind: "number", default: 0.8, range: [0, 0.999], help: "lower bound of the partial area" },
      threshold: { kind: "number", help: "recall at this score or above (default: where the sensitivity above is reached)" },
      prevalence: { kind: "number", default: 0.0035, range: [1e-6, 0.999], help: "share of positives for the audit and the decision curve" },
      resamples: { kind: "number", default: 2000, range: [10, 1_000_000], integer: true, help: "bootstrap resamples" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 32 - 1], integer: true, help: "seed of the bootstrap" },
      out: { kind: "text", help: "folder for evaluation.json and evaluation.html" },
      markdown: { kind: "text", help: "a Markdown page with tables, its pictures beside it" },
      title: { kind: "text", default: "Evaluation", help: "title of the pages" },
      about: { kind: "text", help: "a sentence below it: where the cases come from" },
    },
  },
  async (values, paths) => {
    if (paths.length < 1 || paths.length > 2) throw new UsageError(`Expected one or two files, got ${paths.length}; see --help`);
    const files = await Promise.all(paths.map(readRows));
    const { score: scores, readers, label, cluster, groups } = values;
    const cases = joinCases(files[0]!, files[1], { scores, readers, label, cluster, groups });
    const analysis = analyse(cases, {
      seed: values.seed,
      resamples: values.resamples,
      minSensitivity: values["min-sensitivity"],
      threshold: values.threshold,
      prevalence: values.prevalence,
    });
    const tables = tablesOf(analysis);
    const inputs = files.map(({ file, sha256 }) => ({ file, sha256 }));
    const about = [
      ...(values.about === undefined ? [] : [values.about]),
      `${analysis.cases} cases, ${analysis.positives} positive, ${analysis.clusters} different ${analysis.clusterName}`,
      ...analysis.notes,
      ...conventions(analysis),
    ];
    process.stdout.write(`${about.join("\n")}\n`);
    for (const { title, rows } of tables) process.stdout.write(`\n${title}\n${table(rows)}`);
    if (values.out === undefined && values.markdown === undefined) return;
    const pictures = picturesOf(cases, analysis);
    if (values.out !== undefined) {
      const list = `<ul>${about.map((line) => `<li>${line.replaceAll("<", "&lt;")}</li>`).join("")}</ul>`;
      const figures = pictures
        .map(({ svg, caption }) => `<figure style="max-width:560px">${svg}<figcaption>${caption}</figcaption></figure>`)
        .join("\n");
      const body = `<h1>${values.title.replaceAll("<", "&lt;")}</h1>${list}<div class="row">${figures}</div>${tables.map(({ title, rows }) => `<h2>${title.replaceAll("<", "&lt;")}</h2>${htmlTable(rows)}`).join("\n")}`;
      await writeWhole(join(values.out, "evaluation.json"), json({ inputs, ...analysis }));
      await writeWhole(join(values.out, "evaluation.html"), page(values.title, body));
      process.stdout.write(`\nwrote ${join(values.out, "evaluation.json")} and evaluation.html\n`);
    }
    if (values.markdown !== undefined) {
      const { text, files: beside } = markdownPage({
        path: values.markdown,
        title: values.title,
        about,
        tables,
        pictures,
        inputs,
        command: commandOf(process.argv.slice(2), paths),
      });
      for (const { path, content } of beside) await writeWhole(path, content);
      await writeWhole(values.markdown, text);
      process.stdout.write(`\nwrote ${values.markdown} and ${beside.length} pictures in ${relative(".", dirname(beside[0]!.path))}\n`);
    }
  },
);

/** The call without `--out` and the folders of this machine, so that a page can say how it was made. */
function commandOf(words: readonly string[], paths: readonly string[]): string {
  const kept = words.filter((word, k) => word !== "--out" && words[k - 1] !== "--out" && !word.startsWith("--out="));
  const quoted = kept.map((word) => (paths.includes(word) ? basename(word) : /^[\w./-]+$/.test(word) ? word : `"${word}"`));
  return `npm run evaluate -- ${quoted.join(" ")}`;
}
