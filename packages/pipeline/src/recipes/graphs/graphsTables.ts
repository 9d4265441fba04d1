import type { Interval } from "../../predict/evaluateTestSet.ts";
import type { GraphsSummary, SymmetrySummary } from "./graphsSummary.ts";
import { frocRates, type PairedAreas } from "./testGraphs.ts";

const told = ({ estimate, low, high }: Interval): string => `${estimate.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;

/** What the detector finds, as rows of texts, heads first. */
function frocTable({ images, lesions, sensitivity, byKind }: NonNullable<GraphsSummary["retinaNet"]>): string[][] {
  return [
    [`RetinaNet: ${images} images, ${lesions} lesions`, "sensitivity, 95 % interval by woman"],
    ...frocRates.map((rate, index) => [`at ${rate} false marks an image`, told(sensitivity[index]!)]),
    ...Object.entries(byKind).map(([kind, one]) => [`${kind} (${one.lesions}), at 0.5 over all kinds`, told(one)]),
  ];
}

/** A graph, its symmetry form with the other breast and without, and the differences, as rows of texts, heads first. */
function symmetryTable(
  { all, asymmetries, asymmetryExams }: SymmetrySummary,
  { name, unit, question }: { readonly name: string; readonly unit: string; readonly question: string },
): string[][] {
  const row = (what: string, areas: PairedAreas | undefined) =>
    areas
      ? [`${what}: ${areas.positives} of ${areas.cases}`, ...[areas.plain, areas.symmetry, areas.alone, areas.overPlain, areas.overAlone].map(told)]
      : [`${what}: one class only`, "", "", "", "", ""];
  return [
    [`AUROC, ${question}`, name, `${name}Symmetry`, "… without the other breast", `over ${name}, paired`, "over without, paired"],
    row(`${unit} of test women`, all),
    row(`${unit} with asymmetries only`, asymmetries),
    row("exams with asymmetries only", asymmetryExams),
  ];
}

/** All tables of a run. */
export function graphsTables({ retinaNet, caracNet, dreamNet }: GraphsSummary): string[][][] {
  return [
    ...(retinaNet ? [frocTable(retinaNet)] : []),
    ...(caracNet ? [symmetryTable(caracNet, { name: "CaracNet", unit: "lesions", question: "malignant against benign" })] : []),
    ...(dreamNet ? [symmetryTable(dreamNet, { name: "DreamNet", unit: "breasts", question: "cancer against none" })] : []),
  ];
}
