import { join } from "node:path";
import { markdownTable } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { readRows } from "@mammo/pipeline/node";
import { threshold, thresholdLine } from "@mammo/testing/threshold";
import type { Printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { oneByOne, withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";
import { trialAlarm, trialAlignment } from "./demo.ts";
import { deviceShifts, measuredPopulation, type Population, syntheticPopulation } from "./shiftedDevices.ts";

/** Prints how well alignment and alarm do on devices with known differences, and the bars. */
export async function runDemo(
  values: {
    readonly data: string | undefined;
    readonly draws: number;
    readonly seed: number;
    readonly markdown: string | undefined;
  },
  print: Printer,
): Promise<void> {
  const { seed, draws } = values;
  const populations = [syntheticPopulation, ...(values.data === undefined ? [] : [await readerStudy(values.data)])];
  const shifts = Object.keys(deviceShifts) as (keyof typeof deviceShifts)[];
  const asked = populations.flatMap((population) => [
    ...shifts.map((shift) => ({ population, shift, exams: 1000 })),
    ...[250, 500, 2000, 5000].map((exams) => ({ population, shift: "higher" as const, exams })),
  ]);
  const trials = await withProgress(
    oneByOne("alignment", asked, ({ population, shift, exams }) => trialAlignment(population, shift, { exams, draws, seed })),
  );
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const aligned = [
    ["scores", "device", "exams", "unaligned", "aligned", "relative error, median", "95th percentile", "draws within 10 %"],
    ...trials.map((of) => [
      of.population,
      of.shift,
      String(of.exams),
      ...[of.unaligned, of.aligned, of.medianError, of.farError, of.within].map(percent),
    ]),
  ];
  const alarms = await withProgress(oneByOne("alarm", populations, (population) => trialAlarm(population, { runs: 2 * draws, seed })));
  const watched = [
    ["scores", "runs", "false alarms a year", "promised", "exams to the alarm, median", "95th percentile", "within 500"],
    ...alarms.map((of) => [
      of.population,
      String(of.runs),
      percent(of.falseAlarms),
      percent(of.promised),
      String(of.medianDelay),
      of.farDelay.toFixed(0),
      percent(of.within500),
    ]),
  ];
  print.say(`Recall at a fixed threshold; 10 % on the reference device\n${table(aligned)}\n`);
  print.say(`Alarm after a shift that doubles recall; a year is 10,000 exams\n${table(watched)}\n`);
  const thousand = trials.filter(({ exams }) => exams === 1000);
  const bars = [
    ...thousand.flatMap(({ population, shift, aligned: rate, reference, medianError, unaligned }) => [
      threshold(`site.${population}.${shift}.mean-recall-error`, Math.abs(rate / reference - 1), "<=", 0.1),
      threshold(`site.${population}.${shift}.median-error`, medianError, "<=", 0.1),
      threshold(`site.${population}.${shift}.unaligned-factor`, Math.max(unaligned / reference, reference / unaligned), ">=", 2),
    ]),
    ...alarms.flatMap(({ population, falseAlarms, farDelay }) => [
      threshold(`alarm.${population}.false-alarms`, falseAlarms, "<=", 0.01),
      threshold(`alarm.${population}.exams-95th-percentile`, farDelay, "<=", 500),
    ]),
  ];
  printThresholds(print, ...bars);
  print.give({ seed, draws, trials, alarms, bars });
  if (values.markdown !== undefined)
    await writeFileAtomically(
      values.markdown,
      pageOf({ seed, draws, withData: values.data !== undefined, aligned, watched, bars: bars.map(thresholdLine) }),
    );
}

/** Exam scores of the public reader study: the higher breast of the best single model, as logits. */
async function readerStudy(data: string): Promise<Population> {
  const { columns, rows } = await readRows(join(data, "nyu-reader-study", "reader_study.csv"));
  const [caseAt, scoreAt] = [columns.indexOf("case_ID"), columns.indexOf("AI_GMIC_top1_POM")];
  const highest = new Map<string, number>();
  for (const { cells } of rows) highest.set(cells[caseAt]!, Math.max(highest.get(cells[caseAt]!) ?? 0, Number(cells[scoreAt])));
  return measuredPopulation(
    "reader-study",
    [...highest.values()].map((p) => Math.log(p / (1 - p))),
  );
}

function pageOf(of: {
  readonly seed: number;
  readonly draws: number;
  readonly withData: boolean;
  readonly aligned: readonly (readonly string[])[];
  readonly watched: readonly (readonly string[])[];
  readonly bars: readonly string[];
}): string {
  return `# A threshold that stays right on a new device

Made by \`npm run site -- --demo --draws ${of.draws} --seed ${of.seed}${of.withData ? " --data DATA" : ""} --markdown docs/site.md\`.

Scores of a reference device (10,000 exams, frozen as quantiles) and of devices that change them in known ways: higher or lower by 0.6 deviations, 1.8 times as wide, bent. The threshold recalls 10 % on the
reference. A site's unlabeled exams are drawn, the device is aligned on them (\`alignDevice\`), and 20,000 other exams of the same device say what the threshold then recalls; over ${of.draws} draws. The devices change scores, not pixels.

${markdownTable(of.aligned)}

The mean is right; a single site of 1,000 exams is not always within 10 %: the share of 100 recalled among 1,000 exams is itself known to 9.5 % only (one deviation). More exams help, as the table says.

An alarm (\`deviceAlarm\`) watches each device: exams until it is raised after all scores rise so far that recall doubles, and how often it is raised in a year of 10,000 exams without a change.

${markdownTable(of.watched)}

\`\`\`text
${of.bars.join("\n")}
\`\`\`

What alignment cannot tell: a site whose women differ from the reference's looks like another device, and truly higher risks are brought down with the scores. Prevalence must be alike or known.

Not a medical device. For research only.
`;
}
