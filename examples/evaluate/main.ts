// npm run evaluate: predictions against labels, with the challenge's scores and intervals drawn by woman; readers with several treatments.
import { escapeTerminal } from "@mammo/files";
import { type OutputFolder, outputFolder } from "../cli/outputFolder.ts";
import { printer } from "../cli/printer.ts";
import { program, UsageError } from "../cli/program.ts";
import { whenLong, withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";
import { evaluateScores, evaluateStudy } from "./evaluations.ts";
import { options } from "./options.ts";
import { isReport, type ReportFolders, writeReports } from "./writeReports.ts";

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
    const claimed: OutputFolder[] = [];
    const claim = async (kind: keyof ReportFolders) => {
      if (values[kind] === undefined) return undefined;
      claimed.push(await outputFolder(values[kind], { program: "evaluate", isOwn: isReport[kind] }));
      return claimed.at(-1);
    };
    try {
      const folders = { out: await claim("out"), csv: await claim("csv"), plots: await claim("plots") };
      const { figures, ...found } = await withProgress(whenLong((values.mrmc ? evaluateStudy : evaluateScores)(all, values)));
      const { result, inputs, tables } = found;
      const about = [...(values.about === undefined ? [] : [values.about]), ...found.about];
      const print = printer(values.json);
      print.give({ inputs, ...result });
      print.say(`${about.map(escapeTerminal).join("\n")}\n`);
      for (const { title, rows } of tables) print.say(`\n${escapeTerminal(title)}\n${table(rows)}`);
      if (claimed.length === 0 && values.markdown === undefined && values.latex === undefined) return;
      const content = { title: values.title, about, tables, figures: figures() };
      const report = { result, inputs, content, values, argv: process.argv.slice(2), paths: all };
      for (const line of await writeReports(report, folders)) print.say(`\n${line}\n`);
    } finally {
      for (const folder of claimed) await folder.discard();
    }
  },
);
