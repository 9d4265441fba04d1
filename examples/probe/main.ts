// npm run probe: shortcuts, asked of a trained net: can its features tell marker, device, side or file, and does its score change without markers and borders?
import { selectBackend } from "@mammo/backend";
import { json } from "@mammo/files";
import { type CohortLayout, cohortReaders } from "@mammo/io/node";
import {
  algorithmOf,
  askDefaults,
  describeBackend,
  loadBundle,
  type ProbeSection,
  probeFindings,
  probeMember,
  probePage,
  probeTables,
  readProvenance,
  readTraits,
} from "@mammo/pipeline/node";
import { outputFolder } from "../cli/outputFolder.ts";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { imagesOption, readCohort, tableColumns } from "../cli/readCohort.ts";
import { table } from "../cli/table.ts";
import { plantShortcut } from "./planted.ts";

await program(
  {
    usage: "npm run probe -- --bundle DIR --cohort LAYOUT --data PATH [--traits TABLE] [--out DIR]   or   npm run probe -- --planted [--out DIR]",
    about:
      "Asks a trained net for shortcuts: whether its features tell marker, border, side, device, implant or file (cross-fitted linear probe, AUROC with a permutation test by woman), and whether its score changes when markers and borders are taken away.",
    details: tableColumns,
    options: {
      bundle: { kind: "text", help: "the bundle whose net is asked" },
      images: imagesOption,
      cohort: { kind: "text", choices: Object.keys(cohortReaders), help: "layout of the images" },
      data: { kind: "text", help: "folder of the cohort, or the CSV file for table" },
      traits: { kind: "text", help: "table with a column image and one column a trait, to be asked as well" },
      member: { kind: "number", default: 1, range: [1, 1000], integer: true, help: "of the bundle, by number" },
      "fewest-women": {
        kind: "number",
        default: askDefaults.fewestWomen,
        range: [1, 1e6],
        integer: true,
        help: "with a value and without it that a question needs",
      },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31 - 1], integer: true, help: "of the folds and the intervals, and of the demonstration" },
      out: { kind: "text", help: "new or empty folder for probe.json and probe.html" },
      json: jsonOption,
      planted: {
        kind: "flag",
        help: "instead: a phantom cohort with a marker beside each cancer, a net trained on it, and what the probe says of both",
      },
      women: {
        kind: "number",
        default: 100,
        range: [20, 10_000],
        integer: true,
        help: "with --planted: to probe; six tenths as many are trained on",
      },
      effort: { kind: "number", default: 1, range: [0.001, 1000], help: "with --planted: factor on the steps of training" },
    },
  },
  async (values) => {
    const { seed, planted } = values;
    const print = printer(values.json);
    if (planted && (values.bundle ?? values.cohort ?? values.data ?? values.traits) !== undefined)
      throw new UsageError("Expected --planted without --bundle, --cohort, --data and --traits: it makes its own");
    const out = values.out === undefined ? undefined : await outputFolder(values.out, { program: "probe", isOwn: isResult });
    try {
      const { sections, ...stated } = planted ? await demonstrate() : await probe();
      for (const { title, findings } of sections)
        for (const { title: what, rows } of probeTables(findings)) print.say(`${title}. ${what}\n${table(rows)}\n`);
      const found = { schema: "mammo-probe-1", ...stated, cohorts: sections.map(({ title, findings }) => ({ title, ...findings })) };
      print.give(found);
      await out?.write("probe.json", json(found));
      await out?.write("probe.html", probePage(sections));
      await out?.commit();
      if (sections.some(({ findings }) => findings.asked.length === 0)) {
        process.stderr.write(
          "error [no-trait]: Expected a trait with two values, each in enough women, got none: what was looked at and why is in the table\n",
        );
        process.exitCode = 1;
      }
    } finally {
      await out?.discard();
    }

    async function probe(): Promise<{ readonly sections: readonly ProbeSection[]; readonly [fact: string]: unknown }> {
      if (!values.bundle || !values.cohort || !values.data) throw new UsageError("Expected --bundle, --cohort and --data, or --planted; see --help");
      const bundle = await loadBundle(values.bundle);
      const member = values.member - 1;
      if (member >= bundle.members.length) throw new UsageError(`Expected --member of at most ${bundle.members.length}`);
      const cohort = await readCohort(values.cohort as CohortLayout, values.data, values);
      const traits = values.traits === undefined ? undefined : await readTraits(values.traits, cohort);
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const { images, examples } = await withProgress(probeMember(cohort, bundle, { member, traits: traits?.traits }));
      const findings = probeFindings(images, { seed, fewestWomen: values["fewest-women"] });
      const { name, weightsSha256 } = bundle.members[member]!;
      const inputs = { cohort: cohort.sha256, weights: weightsSha256, ...(traits && { traits: traits.sha256 }) };
      return {
        sections: [{ title: algorithmOf(bundle).name, findings, examples }],
        member: name,
        provenance: readProvenance({ backend, seed, inputs }),
      };
    }

    async function demonstrate(): Promise<{ readonly sections: readonly ProbeSection[]; readonly [fact: string]: unknown }> {
      const backend = await selectBackend();
      process.stderr.write(`backend: ${describeBackend(backend)}\n`);
      const { sections, bars, trainedOn } = await plantShortcut({ seed, women: values.women, effort: values.effort, backend });
      printThresholds(print, ...bars);
      print.say("\n");
      return { sections, bars, provenance: readProvenance({ backend, seed, inputs: { "training cohort": trainedOn } }) };
    }
  },
);

/** The files of --out. */
function isResult(path: string): boolean {
  return /^probe\.(json|html)$/.test(path);
}
