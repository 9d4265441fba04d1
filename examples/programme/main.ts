// npm run programme: scores of a screening programme, on the exams before a cancer was found too, and how they work group by group.
import { join } from "node:path";
import { escapeTerminal, json } from "@mammo/files";
import { sha256, writeFileAtomically } from "@mammo/files/node";
import { bundleFileName } from "@mammo/pipeline";
import { loadBundle, type ProgrammeTables, programmePage, programmeReport, programmeTables, readProgrammeExams } from "@mammo/pipeline/node";
import { openRun } from "../cli/openRun.ts";
import { outputFolder } from "../cli/outputFolder.ts";
import { printer } from "../cli/printer.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { table } from "../cli/table.ts";
import { demoProgramme } from "./demo.ts";

await program(
  {
    usage:
      "npm run programme -- PREDICTIONS EXAMS [--out DIR]   or   npm run programme -- FOLDER, as npm run predict writes it (.tsv, .csv or .parquet)   or   npm run programme -- --demo --bundle DIR --out DIR",
    about:
      "Prints how scores are spread with and without cancer, by device, and one to three exams before a cancer was found; what each threshold would have flagged then; operating points and calibration by device, density and age. PREDICTIONS has subjectId, examIndex, score (1 to 10) and confidence; EXAMS subjectId, examIndex and, as far as known, cancer, daysSincePreviousExam, device, density and age.",
    takesFiles: true,
    options: {
      out: { kind: "text", help: "new or empty folder for programme.json and programme.html; with --demo also for its women" },
      json: jsonOption,
      demo: { kind: "flag", help: "instead: phantoms of whom many came before are made and scored first" },
      bundle: { kind: "text", default: "runs/phantom/bundle", help: "with --demo: what scores them" },
      women: { kind: "number", default: 300, range: [20, 100_000], integer: true, help: "with --demo" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 30], integer: true, help: "with --demo: of the women" },
      resume: { kind: "flag", help: "with --demo: go on with the run in --out" },
    },
  },
  async ({ out: folder, json: asJson, demo, ...asked }, paths) => {
    const { say, give } = printer(asJson);
    if (demo) {
      if (folder === undefined || paths.length > 0) throw new UsageError("Expected --demo with --out DIR and without tables; see --help");
      const { bundle, women, seed } = asked;
      const { release } = await openRun(folder, { recipe: "programme", bundle: await bundleHash(bundle), women, seed }, asked);
      try {
        const tables = await demoProgramme(folder, { bundle, women, seed });
        const report = tell(tables);
        await writeFileAtomically(join(folder, "programme.json"), json(report));
        await writeFileAtomically(join(folder, "programme.html"), programmePage(report));
      } finally {
        await release();
      }
      say(`\nwrote ${join(folder, "programme.json")} and programme.html\n`);
      return;
    }
    const [first, second = join(first ?? "", "exams.tsv"), ...others] = paths;
    if (first === undefined || others.length > 0) throw new UsageError(`Expected one folder or two tables, got ${paths.length} paths; see --help`);
    const scores = paths.length === 1 ? join(first, "predictions_exams.tsv") : first;
    const report = tell(await readProgrammeExams(scores, second));
    if (folder === undefined) return;
    const out = await outputFolder(folder, { program: "programme", isOwn: (path) => /^programme\.(json|html)$/.test(path) });
    try {
      await out.write("programme.json", json(report));
      await out.write("programme.html", programmePage(report));
      await out.commit();
    } finally {
      await out.discard();
    }
    say(`\nwrote ${join(folder, "programme.json")} and programme.html\n`);

    function tell({ exams, inputs, notes }: ProgrammeTables) {
      const found = programmeReport(exams);
      say(`${found.exams} exams of ${found.women} women, ${found.cancers} with cancer\n`);
      for (const note of notes) process.stderr.write(`note: ${escapeTerminal(note)}\n`);
      for (const { title, rows } of programmeTables(found)) say(`\n${title}\n${table(rows)}`);
      const told = { inputs, notes, ...found };
      give(told);
      return told;
    }
  },
);

async function bundleHash(folder: string): Promise<string> {
  return sha256(await (await loadBundle(folder)).readFile(bundleFileName));
}
