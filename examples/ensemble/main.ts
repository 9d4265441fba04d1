// npm run ensemble: pooling, stacking and calibration on real outputs: 21 networks on CBIS-DDSM, and a reader study.

import { escapeMarkdown, markdownTable } from "@mammo/files";
import { writeFileAtomically } from "@mammo/files/node";
import { minMax } from "@mammo/mammogram";
import { auroc } from "@mammo/metrics";
import { threshold, thresholdLine } from "@mammo/testing/threshold";
import { printer } from "../cli/printer.ts";
import { printThresholds } from "../cli/printThresholds.ts";
import { jsonOption, program, UsageError } from "../cli/program.ts";
import { withProgress } from "../cli/progress.ts";
import { table } from "../cli/table.ts";
import { readPart, readStated } from "./readPeers.ts";
import { studyPeers } from "./studyPeers.ts";
import { studyReaders } from "./studyReaders.ts";
import { studyTables } from "./tables.ts";

await program(
  {
    usage: "npm run ensemble -- --data DIR [options]",
    about:
      "Pools, stacks and calibrates the outputs of 21 published networks: fixed on their validation images, judged on their test images by patient.",
    options: {
      data: { kind: "text", help: "the folder that holds cbis-predictions and nyu-reader-study" },
      resamples: { kind: "number", default: 2000, range: [100, 100_000], integer: true, help: "bootstrap resamples, drawn by patient" },
      seed: { kind: "number", default: 1, range: [0, 2 ** 31], integer: true, help: "seed of folds and resamples" },
      json: jsonOption,
      markdown: { kind: "text", help: "a page for the tables" },
    },
  },
  async ({ data, resamples, seed, markdown, json: asJson }) => {
    if (data === undefined) throw new UsageError("Expected --data, the folder that holds cbis-predictions and nyu-reader-study; see --help");
    const stated = await readStated(data);
    const names = [...stated.keys()];
    const [validation, test] = [await readPart(data, "validation", names), await readPart(data, "test", names)];
    const apart = names.map((name) => {
      const { logits, labels } = test.logitsOf.get(name)!;
      return Math.abs(auroc(labels, logits) - stated.get(name)!);
    });
    const print = printer(asJson);
    const peers = await withProgress(studyPeers(validation, test, { seed, resamples }));
    const readers = await withProgress(studyReaders(data, { seed, resamples }));
    const tables = studyTables(peers, readers);
    for (const { title, rows } of tables) print.say(`${title}\n${table(rows)}\n`);
    const chosen = peers.rows.find(({ name }) => name === peers.chosen)!;
    const [before, after] = [peers.calibrations[2]!.ece, peers.calibrations[3]!.ece];
    const farthest = minMax(apart)[1];
    const bars = [
      threshold("peers.auroc-apart", farthest, "<=", 1e-9),
      threshold("peers.chosen-over-published", chosen.difference.estimate, ">", 0),
      threshold("peers.ece-lowered", before - after, ">", 0),
    ];
    print.say(`${names.length} networks\n`);
    printThresholds(print, ...bars);
    const { rows: ruled, ...study } = peers;
    print.give({ networks: names.length, peers: { ...study, rows: ruled.map(({ scores: _, ...row }) => row) }, readers, bars });
    if (markdown === undefined) return;
    const about = `The official test part of CBIS-DDSM (645 images of masses and calcifications, by patient), outputs of the networks and their ensemble of another group (Apache-2.0), and the NYU reader study (BSD-2-Clause).
Everything is fitted and chosen on their 248 validation images, out of fold by patient; ${peers.rows.length} rules were tried, the one of the highest AUROC there is judged on test. Intervals: ${resamples} resamples by patient, seed ${seed}.`;
    const single = peers.rows.find(({ name }) => name === "best single member")!;
    const ahead = peers.rows.filter(({ test }) => test.estimate > chosen.test.estimate).length;
    const reading = `${validation.labels.length} images do not tell these rules apart: ${ahead} of ${peers.rows.length} do better on test than the chosen one (AUROC ${chosen.test.estimate.toFixed(3)}), and nothing may be chosen there. The best single network by validation has ${single.test.estimate.toFixed(3)}: ${single.test.estimate > chosen.test.estimate ? "the ensemble does not reach it" : "the ensemble is ahead of it"}.`;
    const parts = [
      "# Ensembles on real outputs",
      `Made by \`npm run ensemble -- --data DATA --resamples ${resamples} --seed ${seed} --markdown docs/ensemble.md\`.`,
      about,
      reading,
      ...tables.flatMap(({ title, rows }) => [`## ${escapeMarkdown(title)}`, markdownTable(rows)]),
      `\`\`\`text\n${bars.map(thresholdLine).join("\n")}\n\`\`\``,
      "Not a medical device. For research only.",
    ];
    await writeFileAtomically(markdown, `${parts.join("\n\n")}\n`);
  },
);
