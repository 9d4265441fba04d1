// report.html: what the graphs found, and where.
import { html, rawHtml } from "@mammo/files";
import { frocCurve } from "@mammo/metrics";
import { frocPlot } from "@mammo/metrics/plot";
import { groupBy } from "../../groupBy.ts";
import { htmlTable } from "../../page/htmlTable.ts";
import { page } from "../../page/page.ts";
import { viewFigure } from "../../page/viewFigure.ts";
import { toGrid } from "../dream/viewBatches.ts";
import { curve } from "../stages/diagnosisPage.ts";
import { graphsTables } from "./graphsTables.ts";
import type { GraphsSummary } from "./runGraphs.ts";
import { frocImages, type MarkedView } from "./testGraphs.ts";

/** The report of a run: tables, the FROC, losses, and views with what was found in them. */
export async function graphsPage(summary: GraphsSummary, marked: readonly MarkedView[]): Promise<string> {
  const { stages, provenance, seconds } = summary;
  const froc =
    marked.length > 0 &&
    frocPlot([{ name: "RetinaNet", curve: frocCurve(frocImages(marked)) }], {
      title: "Lesions found",
      subtitle: "women whom no stage has seen",
      maxFalseMarks: 2,
    });
  const figures = [];
  for (const one of examples(marked)) figures.push(await figureOf(one));
  return page(
    "mammo: the other graphs",
    html`<h1>The other graphs on phantoms</h1>
<p>${stages.length} stages; backend ${provenance.backend}; seed ${provenance.seed}; ${Math.round(seconds)} s. Phantoms tell whether the graphs learn, and nothing of how they would do on women.</p>
${graphsTables(summary).map((table) => htmlTable(table))}
<div class="row">${froc && html`<figure>${rawHtml(froc)}</figure>`}</div>
<h2>Stages</h2><div class="row">${stages.map(({ stage, losses }) => html`<figure>${curve(`${stage}: loss`, losses)}</figure>`)}</div>
${figures.length > 0 && html`<h2>Some views</h2><p class="quiet">Yellow: what RetinaNet found, with its score. Dashed green: what is there.</p><div class="row">${figures}</div>`}
<h2>Where this came from</h2><p class="quiet"><code>${JSON.stringify(provenance)}</code></p>`,
  );
}

/** Of each kind of lesion two views, and the two surest views without any. */
function examples(marked: readonly MarkedView[]): MarkedView[] {
  const best = ({ found }: MarkedView) => found[0]?.score ?? 0;
  const byKind = groupBy(marked, ({ view }) => view.lesions[0]?.kind ?? "none");
  return [...byKind.values()].flatMap((own) => [...own].sort((a, b) => best(b) - best(a)).slice(0, 2));
}

async function figureOf({ view, found }: MarkedView) {
  const truths = view.lesions.map(({ box, kind, malignant }) => ({
    ...box,
    style: "truth" as const,
    label: `${malignant ? "malignant" : "benign"} ${kind}`,
  }));
  const marks = found.slice(0, 3).map(({ box, score, class: name }) => ({ ...box, style: "found" as const, label: `${name} ${score.toFixed(2)}` }));
  const title = `${view.laterality}-${view.view}, ${view.lesions.length} lesions`;
  return html`<figure>${viewFigure({ ...toGrid(await view.read()), boxes: [...truths, ...marks], title })}<figcaption>${title}</figcaption></figure>`;
}
