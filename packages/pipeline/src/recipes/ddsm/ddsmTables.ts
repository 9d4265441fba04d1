import type { Interval, TestMetrics } from "../../predict/evaluateTestSet.ts";
import type { DdsmStageSummary } from "./trainDdsm.ts";

/** Blank where there is no number: JSON turns NaN into null. */
const places = (value: number | null | undefined, digits = 3) => (typeof value === "number" && !Number.isNaN(value) ? value.toFixed(digits) : "");

/** The stages as rows of texts, heads first: all numbers but the loss are of validation women. */
export function ddsmStageTable(stages: readonly DdsmStageSummary[]): string[][] {
  const head = ["stage", "steps", "seconds", "last loss", "lesion : background", "malignant : benign", "films", "plain maximum", "breasts"];
  const rows = stages.map(({ stage, steps, seconds, losses, detector, films }) => [
    stage,
    String(steps),
    places(seconds, 0),
    places(losses.at(-1)?.[1]),
    places(detector?.lesionAuroc),
    places(detector?.malignantAuroc),
    places(films.auroc),
    places(films.plainAuroc),
    places(films.breastAuroc),
  ]);
  return [head, ...rows];
}

/** Films and breasts of women whom no stage has seen, as rows of texts, heads first. */
export function ddsmMetricsTable({ films, breasts }: { readonly films: TestMetrics; readonly breasts: TestMetrics }): string[][] {
  const cell = ({ estimate, low, high }: Interval, digits = 3) => `${places(estimate, digits)} [${places(low, digits)}, ${places(high, digits)}]`;
  const row = (name: string, test: TestMetrics) => [
    name,
    String(test.women),
    String(test.breasts),
    String(test.cancers),
    cell(test.auroc),
    cell(test.partialAurocRaw, 4),
    cell(test.specificityAtSensitivity80),
  ];
  return [
    ["unseen women, 95 % intervals by woman", "women", "n", "malignant", "AUROC", "pAUROC raw [0.8, 1] (chance 0.02)", "spec. at sens. 0.8"],
    row("films", films),
    row("breasts", breasts),
  ];
}
