// probe.html: what a net's features tell, what its scores lose, and the images that changed most.
import { type Html, html, rawHtml } from "@mammo/files";
import { forestPlot } from "@mammo/metrics/plot";
import { htmlTable } from "../page/htmlTable.ts";
import { page } from "../page/page.ts";
import { viewFigure } from "../page/viewFigure.ts";
import type { ProbedCohort } from "./examineForProbe.ts";
import type { ProbeFindings } from "./probeFindings.ts";
import { probeTables } from "./probeTables.ts";
import type { VariantName } from "./variants.ts";

/** One cohort's part of the page. */
export interface ProbeSection {
  readonly title: string;
  /** A sentence below it: where the images come from. */
  readonly about?: string;
  readonly findings: ProbeFindings;
  readonly examples: ProbedCohort["examples"];
}

const words: Readonly<Record<VariantName, string>> = {
  whole: "the file's picture",
  standard: "the standard image",
  unmarked: "without lead markers in the breast",
  cut: "less 3 mm along the edge",
};

/** What probes found, as one self-contained page. */
export function probePage(sections: readonly ProbeSection[]): string {
  return page(
    "mammo: shortcuts",
    html`<h1>Shortcuts</h1>
<p>Can a net's features tell what is not disease: a marker, the device, the side, the file? And does its score change when markers and borders are taken away? A trait that can be told is there to be used; that it is used, only the scores tell.</p>
${sections.map(section)}`,
  );
}

function section({ title, about, findings, examples }: ProbeSection): Html {
  const { women, images, features, asked, settings } = findings;
  const rows = asked.map(({ trait, value, against, auroc }) => ({ name: against === "others" ? `${trait}: ${value}` : trait, ...auroc }));
  return html`<h2>${title}</h2>
${about && html`<p>${about}</p>`}<p class="quiet">${images} images of ${women} women; ${features} features of each, pooled over the view. A linear probe is fitted to the women of all folds but one of ${settings.folds} and judged on that one; mean of ${settings.repeats} deals of the folds. Told is what ${settings.permutations} exchanges of the trait among women seldom reach: p of at most 0.05. Intervals: 95 %, whole women drawn, given the fitted probes.</p>
${
  rows.length > 0 &&
  html`<figure>${rawHtml(forestPlot(rows, { title: "Can it be told from the features?", label: "AUROC, held out", domain: [0.3, 1], reference: 0.5 }))}</figure>`
}
${probeTables(findings).map((table) => html`<h3>${table.title}</h3>${htmlTable(table.rows)}`)}
${examples.length > 0 && html`<h3>Images that changed most</h3><div class="row">${examples.map(example)}</div>`}`;
}

const example = ({ from, to, before, after, change }: ProbedCohort["examples"][number]): Html =>
  html`<figure>${viewFigure({ ...before, boxes: [], title: words[from] })} ${viewFigure({ ...after, boxes: [], title: words[to] })}<figcaption>${words[from]}, then ${words[to]}: logit ${change > 0 ? "+" : ""}${change.toFixed(3)}</figcaption></figure>`;
