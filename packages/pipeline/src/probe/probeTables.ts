import type { Interval } from "../predict/evaluateTestSet.ts";
import type { ProbeFindings } from "./probeFindings.ts";

/** Rows of cells, the first row as heads. */
type Rows = readonly (readonly (string | number)[])[];

/** What a probe found, as tables with their titles. */
export function probeTables({
  asked,
  unasked,
  changes,
}: Pick<ProbeFindings, "asked" | "unasked" | "changes">): readonly { readonly title: string; readonly rows: Rows }[] {
  const tables = [
    {
      title: "Can it be told from the features? AUROC of a held-out linear probe; 0.5 is chance",
      rows: [
        ["trait", "value", "against", "women", "images", "with it", "AUROC", "95 %, given the fits", "p", "told"],
        ...asked.map(({ trait, value, against, women, images, positives, auroc, p, isTold }) => [
          trait,
          value,
          against,
          women,
          images,
          positives,
          auroc.estimate.toFixed(3),
          range(auroc),
          p.toFixed(3),
          isTold ? "yes" : "no",
        ]),
      ],
    },
    { title: "Not asked", rows: [["trait", "why"], ...unasked.map(({ trait, why }) => [trait, why])] },
    {
      title: "Does the score change with what is taken away? Change of the logit over the images that changed; AUROC of cancer by breast",
      rows: [
        ["from", "to", "changed", "mean change", "95 %", "mean size", "AUROC before", "after", "difference", "95 %"],
        ...changes.map(({ from, to, images, changed, meanChange, meanSize, auroc }) => [
          from,
          to,
          `${changed} of ${images}`,
          number(meanChange.estimate),
          range(meanChange),
          number(meanSize.estimate),
          ...(auroc
            ? [auroc.before.estimate.toFixed(3), auroc.after.estimate.toFixed(3), number(auroc.difference.estimate), range(auroc.difference)]
            : ["", "", "", ""]),
        ]),
      ],
    },
  ];
  return tables.filter(({ rows }) => rows.length > 1);
}

const number = (value: number) => (Number.isNaN(value) ? "" : value.toFixed(3));
const range = ({ low, high }: Interval) => (Number.isNaN(low + high) ? "" : `${low.toFixed(3)} – ${high.toFixed(3)}`);
