// npm run programme: scores of a screening programme, on the exams before a cancer was found too, and how they work group by group.
import { join } from "node:path";
import { escapeTerminal, json } from "@mammo/files";
import { programmePage, programmeReport, programmeTables, readProgrammeExams } from "@mammo/pipeline/node";
import { outputFolder } from "../cli/outputFolder.ts";
import { program, UsageError } from "../cli/program.ts";
import { table } from "../cli/table.ts";

await program(
  {
    usage:
      "npm run programme -- PREDICTIONS EXAMS [--out DIR]   or   npm run programme -- FOLDER, as npm run predict writes it (.tsv, .csv or .parquet)",
    about:
      "Prints how scores are spread with and without cancer, by device, and one to three exams before a cancer was found; what each threshold would have flagged then; operating points and calibration by device, density and age. PREDICTIONS has subjectId, examIndex, score (1 to 10) and confidence; EXAMS subjectId, examIndex and, as far as known, cancer, daysSincePreviousExam, device, density and age.",
    takesFiles: true,
    options: { out: { kind: "text", help: "new or empty folder for programme.json and programme.html" } },
  },
  async ({ out: folder }, paths) => {
    const [first, second = join(first ?? "", "exams.tsv"), ...others] = paths;
    if (first === undefined || others.length > 0) throw new UsageError(`Expected one folder or two tables, got ${paths.length} paths; see --help`);
    const scores = paths.length === 1 ? join(first, "predictions_exams.tsv") : first;
    const { exams, inputs, notes } = await readProgrammeExams(scores, second);
    const report = programmeReport(exams);
    process.stdout.write(`${report.exams} exams of ${report.women} women, ${report.cancers} with cancer\n`);
    for (const note of notes) process.stderr.write(`note: ${escapeTerminal(note)}\n`);
    for (const { title, rows } of programmeTables(report)) process.stdout.write(`\n${title}\n${table(rows)}`);
    if (folder === undefined) return;
    const out = await outputFolder(folder, { program: "programme", isOwn: (path) => /^programme\.(json|html)$/.test(path) });
    try {
      await out.write("programme.json", json({ inputs, notes, ...report }));
      await out.write("programme.html", programmePage(report));
      await out.commit();
    } finally {
      await out.discard();
    }
    process.stdout.write(`\nwrote ${join(folder, "programme.json")} and programme.html\n`);
  },
);
