// npm run evaluate: predictions against labels, with the challenge's scores and intervals drawn by woman.
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { escapeTerminal, json } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { htmlReport } from "@mammo/pipeline";
import { markdownReport } from "@mammo/pipeline/node";
import { outputFolder } from "../cli/outputFolder.ts";
import { program, UsageError } from "../cli/program.ts";
import { whenLong, withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";
import { evaluateScores, evaluateStudy } from "./evaluations.ts";
import { options } from "./options.ts";

await program(
  {
    usage: "npm run evaluate -- PREDICTIONS... [LABELS] [options]   (.csv, .tsv, .txt or .parquet, also .gz; one file may hold both)",
    about:
      "Scores predictions against labels: AUROC, partial AUROC in both conventions, specificity, with intervals drawn by woman; models against readers. Of several files the last holds the labels, unless each holds labels of its own; the others are models on the same cases, compared in pairs with the first. With --mrmc: readers with several treatments against each other.",
    takesFiles: true,
    options,
  },
  async (values, paths) => {
    if (paths.length < 1) throw new UsageError("Expected a file of predictions; see --help");
    const all = [...paths, ...(values.labels === undefined ? [] : [values.labels])];
    const out = values.out === undefined ? undefined : await outputFolder(values.out, { program: "evaluate", isOwn: isResult });
    try {
      const { result, inputs, tables, ...found } = await withProgress(whenLong((values.mrmc ? evaluateStudy : evaluateScores)(all, values)));
      const about = [...(values.about === undefined ? [] : [values.about]), ...found.about];
      process.stdout.write(`${about.map(escapeTerminal).join("\n")}\n`);
      for (const { title, rows } of tables) process.stdout.write(`\n${escapeTerminal(title)}\n${table(rows)}`);
      if (values.out === undefined && values.markdown === undefined) return;
      const content = { title: values.title, about, tables, figures: found.figures() };
      if (out) {
        await out.write("evaluation.json", json({ inputs, ...result }));
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
