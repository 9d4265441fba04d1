// report.html: what a person would rather look at than read.
import { calibrate } from "@mammo/ensemble";
import { type Html, html, rawHtml } from "@mammo/files";
import { rocCurve } from "@mammo/metrics";
import { rocPlot, scoreHistogram } from "@mammo/metrics/plot";
import { malignancyMap } from "@mammo/models";
import { htmlTable } from "../../page/htmlTable.ts";
import { page } from "../../page/page.ts";
import { viewFigure } from "../../page/viewFigure.ts";
import type { BreastPrediction, ViewPrediction } from "../../predict/predictViews.ts";
import type { StoredView } from "../../store/imageStore.ts";
import { curve } from "../stages/diagnosisPage.ts";
import { describePairs, type Summary } from "./summary.ts";
import { toGrid } from "./viewBatches.ts";

type Prediction = ViewPrediction<StoredView>;

/** The report of a run: stages, test and some of the test's views. */
export async function reportPage(summary: Summary, breasts: readonly BreastPrediction[], examples: readonly Prediction[]): Promise<string> {
  const labels = breasts.map(({ cancer }) => cancer!);
  // A calibrator fitted to noise is level and would tie all: the areas are of the scores before it.
  const scores = breasts.map(({ logit }) => logit);
  const probabilities = breasts.map(({ logit }) => calibrate(summary.calibrator, logit));
  const { test, cohort, provenance } = summary;
  const name = `AUROC ${test.auroc.estimate.toFixed(3)} [${test.auroc.low.toFixed(3)}, ${test.auroc.high.toFixed(3)}]`;
  const roc = rocPlot([{ name, curve: rocCurve(labels, scores) }], {
    title: "Test women, per breast",
    subtitle: `${test.breasts} breasts, ${test.cancers} with cancer; shaded: sensitivity [0.8, 1]`,
    region: { minTruePositiveRate: 0.8 },
  });
  const histogram = scoreHistogram(labels, probabilities, { title: "Calibrated probabilities", scoreLabel: "probability of cancer" });
  const curves = summary.stages.map(({ stage, losses }) => html`<figure>${curve(`${stage}: loss`, losses)}</figure>`);
  const exams: Html[] = [];
  for (const prediction of examples) exams.push(await exampleFigure(prediction, calibrate(summary.calibrator, prediction.logit)));
  return page(
    "mammo: the DREAM pipeline",
    html`<h1>The DREAM pipeline on ${cohort.name}</h1>
<p>${cohort.women} women, ${cohort.images} images; backend ${provenance.backend}; seed ${provenance.seed}; ${Math.round(summary.seconds)} s.</p>
${summary.warning && html`<p><strong>Not calibrated: ${summary.warning}. The bundle is not scored with.</strong></p>`}
<h2>Stages</h2>${htmlTable(summary.table)}<p>Handed on: ${summary.chosen ?? "none"}, by the AUROC on validation women${summary.defects.map((defect) => `; ${defect}`)}.</p><div class="row">${curves}</div>
<h2>Test</h2>${htmlTable(summary.testTable)}<div class="row"><figure>${rawHtml(roc)}</figure><figure>${rawHtml(histogram)}</figure></div>
${htmlTable(summary.calibrationTable)}
${summary.pairs && html`<p>Lesions: ${describePairs(summary.pairs)}.</p>`}
${summary.memberTable && html`<h2>Families</h2>${htmlTable(summary.memberTable)}${summary.leftOut.map((why) => html`<p>${why}</p>`)}`}
<h2>Some exams</h2><p class="quiet">Orange: the detector's malignant evidence, cell by cell. Dashed green: the lesions that the cohort marks.</p><div class="row">${exams}</div>
<h2>Where this came from</h2><p class="quiet"><code>${JSON.stringify(provenance)}</code></p>`,
  );
}

/** The cancers found surest and least, and the most suspicious of the others: eight views. */
export function selectExamples<P extends Pick<Prediction, "view" | "logit">>(predictions: readonly P[]): P[] {
  const falling = [...predictions].sort((a, b) => b.logit - a.logit);
  const cancers = falling.filter(({ view }) => view.cancer === 1);
  return [...new Set([...cancers.slice(0, 4), ...cancers.slice(-2), ...falling.filter(({ view }) => view.cancer !== 1).slice(0, 2)])];
}

async function exampleFigure({ view, heatmap }: Prediction, probability: number): Promise<Html> {
  const grid = toGrid(await view.read());
  const title = `${view.laterality}-${view.view}, ${view.cancer === 1 ? "cancer" : "no cancer"}, probability ${probability.toFixed(2)}`;
  const boxes = view.lesions.map(({ box, kind, malignant }) => ({
    ...box,
    style: "truth" as const,
    label: `${malignant ? "malignant" : "benign"} ${kind}`,
  }));
  const figure = viewFigure({ ...grid, boxes, title, malignancy: malignancyMap(heatmap) });
  return html`<figure>${figure}<figcaption>${title}</figcaption></figure>`;
}
