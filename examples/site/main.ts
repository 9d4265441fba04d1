// npm run site: what a site is told before it switches on: recall at candidate thresholds, by device, before and after alignment without labels.
import { freezeRanks, type RankReference } from "@mammo/ensemble";
import { html, json } from "@mammo/files";
import { htmlTable, page, type SiteExam, siteReport, siteTables } from "@mammo/pipeline";
import { readRows } from "@mammo/pipeline/node";
import { outputFolder } from "../cli/outputFolder.ts";
import { printer } from "../cli/printer.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { table } from "../cli/table.ts";
import { readPredictedSite } from "./readPredictedSite.ts";
import { runDemo } from "./runDemo.ts";

await program(
  {
    usage:
      "npm run site -- EXAMS REFERENCE --thresholds T,… [options]   or   npm run site -- FOLDER --bundle DIR --thresholds S,…   or   npm run site -- --demo   (.tsv, .csv or .parquet)",
    about:
      "Aligns each device's scores to a reference without labels, and prints recall at candidate thresholds by device, density and age. EXAMS has columns score, device and, if known, density and age; REFERENCE has score. FOLDER is one of npm run predict with the bundle, which keeps its reference: thresholds are then scores of 2 to 10, and npm run score -- --site takes the site.json.",
    takesFiles: true,
    options: {
      bundle: { kind: "text", help: "the bundle that FOLDER was predicted with" },
      thresholds: { kind: "text", help: "scores at or above which an exam is recalled, comma-separated; the first is watched by the alarm" },
      "align-on": { kind: "number", default: 1000, range: [250, 1e6], integer: true, help: "a device's first exams that it is aligned on" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31], integer: true, help: "seed of the bands, and of the demonstration" },
      out: { kind: "text", help: "new or empty folder for site.json and site.html" },
      json: jsonOption,
      demo: { kind: "flag", help: "two devices with known differences: prints how well alignment and alarm do" },
      data: { kind: "text", help: "with --demo: the folder that holds nyu-reader-study" },
      draws: { kind: "number", default: 200, range: [10, 10_000], integer: true, help: "with --demo: repeated draws of a site's exams" },
      markdown: { kind: "text", help: "with --demo: a page for the tables" },
    },
  },
  async (values, paths) => {
    const print = printer(values.json);
    if (values.demo) return runDemo(values, print);
    if (values.bundle !== undefined) {
      if (paths.length !== 1) throw new UsageError(`Expected one folder of npm run predict with --bundle, got ${paths.length}; see --help`);
      const { exams, ...asked } = await readPredictedSite(paths[0]!, values.bundle, values.thresholds ?? "");
      return report(exams, asked);
    }
    if (paths.length !== 2) throw new UsageError(`Expected two files, exams and reference, got ${paths.length}; see --help`);
    const thresholds = (values.thresholds ?? "").split(",").filter(Boolean).map(Number);
    if (thresholds.length === 0 || !thresholds.every(Number.isFinite))
      throw new UsageError("Expected --thresholds as numbers, comma-separated; see --help");
    const [exams, reference] = await Promise.all(paths.map((path, index) => readRows(path, { called: index === 0 ? "the exams" : "the reference" })));
    const column = (rows: NonNullable<typeof exams>, name: string) => rows.columns.indexOf(name);
    const scoresOf = (rows: NonNullable<typeof exams>) => {
      const at = column(rows, "score");
      if (at < 0) throw new UsageError(`Expected a column score in ${rows.file}`);
      return rows.rows.map(({ cells, line }) => {
        const score = Number(cells[at]);
        if (cells[at]!.trim() === "" || !Number.isFinite(score)) throw new UsageError(`Expected a score in line ${line} of ${rows.file}`);
        return score;
      });
    };
    const scores = scoresOf(exams!);
    const [device, density, age] = ["device", "density", "age"].map((name) => column(exams!, name)) as [number, number, number];
    if (device < 0) throw new UsageError(`Expected a column device in ${exams!.file}`);
    const list = exams!.rows.map(
      ({ cells }, i): SiteExam => ({
        score: scores[i]!,
        device: cells[device]!,
        ...(density < 0 || cells[density] === "" ? {} : { density: cells[density]! }),
        ...(age < 0 || !Number.isFinite(Number.parseFloat(cells[age]!)) ? {} : { age: Number.parseFloat(cells[age]!) }),
      }),
    );
    const frozen = freezeRanks(scoresOf(reference!), { sha256: reference!.sha256 });
    return report(list, { reference: frozen, thresholds, inputs: [exams!.sha256, reference!.sha256] });

    async function report(
      of: readonly SiteExam[],
      { inputs, ...asked }: { readonly reference: RankReference; readonly thresholds: readonly number[]; readonly inputs: readonly string[] },
    ): Promise<void> {
      const told = siteReport(of, { ...asked, seed: values.seed, alignOn: values["align-on"] });
      const tables = siteTables(told);
      for (const { title, rows } of tables) print.say(`${title}\n${table(rows)}\n`);
      const found = { inputs, ...told };
      print.give(found);
      if (values.out === undefined) return;
      const body = html`<h1>Recall at this site</h1>${tables.map(({ title, rows }) => html`<h2>${title}</h2>${htmlTable(rows)}`)}`;
      const out = await outputFolder(values.out, { program: "site", isOwn: (path) => /^site\.(json|html)$/.test(path) });
      try {
        await out.write("site.json", json(found));
        await out.write("site.html", page("Recall at this site", body));
        await out.commit();
      } finally {
        await out.discard();
      }
    }
  },
);
