// npm run pairing: how often CC and MLO findings of one lesion are paired, on phantoms whose truth is known.

import { json, markdownTable } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { standardizationVersion } from "@mammo/io";
import { readCbisCohort } from "@mammo/io/node";
import { threshold } from "@mammo/testing/threshold";
import { type Printer, printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { oneByOne, withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";
import { filmMasses } from "./filmMasses.ts";
import { measureCases } from "./knownCases.ts";
import { measureFilms } from "./measureFilms.ts";
import { learnPairing, measurePairing } from "./measurePairing.ts";
import { findingsOf, type Noise, phantomBreasts } from "./phantomBreasts.ts";

await program(
  {
    usage: "npm run pairing -- [options]",
    about:
      "Pairs CC and MLO findings of phantoms with 1 to 4 lesions a breast: costs fitted on half of the breasts, judged on the other half. With --data, of the masses of real films that are marked in both views.",
    options: {
      breasts: { kind: "number", default: 1000, range: [40, 100_000], integer: true, help: "breasts to fit on, and as many to judge on" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31], integer: true, help: "seed of the phantoms and of the noise" },
      data: { kind: "text", help: "instead: a folder of CBIS-DDSM with marked masses, whose films are read" },
      cases: { kind: "text", help: "instead: the data folder with ddsm-case-D4000 and nyu-gmic, whose one lesion each is shown with mm" },
      json: jsonOption,
      model: { kind: "text", help: "a file for the model fitted at 5 mm of noise: npm run dream and npm run calibrate take it as --pairs" },
      markdown: { kind: "text", help: "a page for the tables" },
    },
  },
  async ({ breasts: count, seed, data, cases, markdown, model: modelPath, json: asJson }) => {
    const print = printer(asJson);
    if (cases !== undefined) {
      const rows = await measureCases(cases);
      print.say(table(rows));
      return print.give({ rows });
    }
    if (data !== undefined && modelPath !== undefined)
      throw new UsageError("Expected --model without --data: films' costs are fitted again for each half of the women");
    if (data !== undefined) return pairFilms(data, { seed, markdown, print });
    const [learned, judged] = [phantomBreasts({ seed, count }), phantomBreasts({ seed: seed + 1, count })];
    const measure = (noise: Noise, most = 4, maxPnlDifference = Infinity) => {
      const model = learnPairing(learned.map((breast) => findingsOf(breast, noise)));
      const others = judged.filter(({ lesions }) => lesions <= most).map((breast) => findingsOf(breast, noise));
      return { model, ...measurePairing(others, model, maxPnlDifference) };
    };
    const digits = (value: number) => value.toFixed(3);
    const rowOf = (name: string, { f1, precision, recall, meanProbability, truePairs }: ReturnType<typeof measure>) => [
      name,
      truePairs,
      digits(precision),
      digits(recall),
      digits(f1),
      digits(meanProbability),
    ];
    const heads = ["findings", "true pairs", "precision", "recall", "F1", "mean probability"];
    const stated = measure({ positionMm: 5, nippleMm: 0, looks: true });
    const asked: readonly { readonly name: string; readonly noise: Noise; readonly most?: number }[] = [
      ...[0, 2.5, 5, 7.5, 10, 15].map((positionMm) => ({
        name: `place off by ${positionMm} mm`,
        noise: { positionMm, nippleMm: 0, looks: true },
      })),
      ...[0, 2.5, 5, 10].map((positionMm) => ({
        name: `place and size only, off by ${positionMm} mm`,
        noise: { positionMm, nippleMm: 0, looks: false },
      })),
      ...[0, 5, 10, 20].map((nippleMm) => ({ name: `nipple off by ${nippleMm} mm`, noise: { positionMm: 5, nippleMm, looks: true } })),
      ...[1, 2, 3, 4].map((most) => ({ name: `up to ${most} lesions`, noise: { positionMm: 5, nippleMm: 0, looks: true }, most })),
    ];
    const measured = await withProgress(oneByOne("pairing", asked, ({ name, noise, most }) => ({ name, noise, most, ...measure(noise, most) })));
    const gated = measure({ positionMm: 5, nippleMm: 10, looks: true }, 4, 10);
    const rows = [heads, ...measured.map((one) => rowOf(one.name, one))];
    const costs = [["difference", "log odds lost by one unit"], ...Object.entries(stated.model.costs).map(([name, cost]) => [name, digits(cost)])];
    const refusal = `With the nipple off by 10 mm and the rule that posterior nipple lines agree within 10 mm, ${gated.refused} of ${count} breasts are refused; F1 over all is ${digits(gated.f1)}.`;
    const bar = threshold("pairing.f1", stated.f1, ">=", 0.9);
    print.say(`${table(rows)}\n${table(costs)}\n${refusal}\n`);
    printThresholds(print, bar);
    print.give({ breasts: count, seed, stated, measured, gated, bars: [bar] });
    if (modelPath !== undefined) await writeFileAtomically(modelPath, json(stated.model));
    if (markdown !== undefined) await writeFileAtomically(markdown, pageOf({ count, seed, rows, costs, refusal }));
  },
);

async function pairFilms(
  data: string,
  { seed, markdown, print }: { readonly seed: number; readonly markdown: string | undefined; readonly print: Printer },
): Promise<void> {
  const cohort = await readCbisCohort(data);
  const tables = Object.entries(measureFilms(await withProgress(filmMasses(cohort)), { seed }));
  for (const [title, rows] of tables) print.say(`${title}\n${table(rows)}\n`);
  print.give({ seed, cohort: cohort.sha256, tables: Object.fromEntries(tables) });
  if (markdown !== undefined) await writeFileAtomically(markdown, filmsPage({ seed, tables, sha256: cohort.sha256 }));
}

function filmsPage(of: {
  readonly seed: number;
  readonly sha256: string;
  readonly tables: readonly (readonly [title: string, rows: readonly (readonly (string | number)[])[]])[];
}): string {
  return `# Pairing CC and MLO on real films

Made by \`npm run pairing -- --data DATA/cbis-ddsm-mass --seed ${of.seed} --markdown docs/pairing-films.md\` (cohort \`${of.sha256.slice(0, 16)}\`, standardization \`${standardizationVersion}\`).

Masses of CBIS-DDSM that radiologists have outlined in both views of a breast, on films squeezed to 800 x 800 pixels and stretched back; places by the nipple and the muscle that \`standardize\` finds. A mass is 0.5 in probability and one of
many of its kind: only its place and size tell it from others. Hardly any breast has two such masses, so each view gets one mass of another woman's breast of that side too: a finding without a partner. Costs are fitted on half of the women and judged on the others.

${of.tables.map(([title, rows]) => `## ${title}\n\n${markdownTable(rows)}`).join("\n\n")}

Not a medical device. For research only.
`;
}

function pageOf(of: {
  readonly count: number;
  readonly seed: number;
  readonly rows: readonly (readonly (string | number)[])[];
  readonly costs: readonly (readonly (string | number)[])[];
  readonly refusal: string;
}): string {
  return `# Pairing CC and MLO: how well, against noise

Made by \`npm run pairing -- --breasts ${of.count} --seed ${of.seed} --markdown docs/pairing.md\`.

Phantom breasts with up to four lesions, projected by the phantom; 15 % of the lesions are shown by one view only, 15 % of the kinds are told wrong, sizes are off by 20 % and logits of the score by 1 in each view.
Costs are fitted on ${of.count} breasts (\`fitPairModel\`) and judged on ${of.count} others (\`matchViews\`). Positions are off by normal noise along each axis of each view. The phantom's compression is simpler than a breast's: depth stays depth.

${markdownTable(of.rows)}

Costs at 5 mm of noise; lengths count in (10 mm)².

${markdownTable(of.costs)}

${of.refusal}

Not a medical device. For research only.
`;
}
