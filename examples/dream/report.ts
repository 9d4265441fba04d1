// report.html: what a person would rather look at than read.
import { calibrate } from "@mammo/ensemble";
import { rocCurve } from "@mammo/metrics";
import { rocPlot, scoreHistogram } from "@mammo/metrics/plot";
import { heatOf } from "../shared/heat.ts";
import { escapeHtml, htmlTable, page } from "../shared/page.ts";
import { viewPicture } from "../shared/viewPicture.ts";
import type { BreastAnswer, ViewAnswer } from "./judge.ts";
import { loadPixels } from "./standards.ts";
import type { Summary } from "./summary.ts";
import { copyView } from "./views.ts";

export async function reportPage(summary: Summary, breasts: readonly BreastAnswer[], shown: readonly ViewAnswer[]): Promise<string> {
  const labels = breasts.map(({ cancer }) => cancer!);
  // A calibrator fitted to noise is level and would tie all: the areas are of the scores before it.
  const scores = breasts.map(({ logit }) => logit);
  const probabilities = breasts.map(({ logit }) => calibrate(summary.calibrator, logit));
  const { test } = summary;
  const roc = rocPlot(
    [
      {
        name: `AUROC ${test.auroc.estimate.toFixed(3)} [${test.auroc.low.toFixed(3)}, ${test.auroc.high.toFixed(3)}]`,
        curve: rocCurve(labels, scores),
      },
    ],
    {
      title: "Test women, per breast",
      subtitle: `${test.breasts} breasts, ${test.cancers} with cancer; shaded: sensitivity [0.8, 1]`,
      region: { minTruePositiveRate: 0.8 },
    },
  );
  const histogram = scoreHistogram(labels, probabilities, { title: "Calibrated probabilities", scoreLabel: "probability of cancer" });
  const curves = summary.stages.map(({ stage, losses }) => `<figure>${curvePlot(stage, losses)}</figure>`);
  const exams = await Promise.all(shown.map((answer) => examFigure(answer, calibrate(summary.calibrator, answer.logit))));
  return page(
    "mammo: the DREAM pipeline",
    `<h1>The DREAM pipeline on ${escapeHtml(summary.cohort.name)}</h1>
<p>${summary.cohort.women} women, ${summary.cohort.images} images; backend ${escapeHtml(summary.provenance.backend)}; seed ${summary.provenance.seed}; ${Math.round(summary.seconds)} s.</p>
<h2>Stages</h2>${htmlTable(summary.table)}<div class="row">${curves.join("")}</div>
<h2>Test</h2>${htmlTable(summary.testTable)}<div class="row"><figure>${roc}</figure><figure>${histogram}</figure></div>
<h2>Some exams</h2><p class="quiet">Orange: the detector's malignant evidence, cell by cell. Dashed green: the lesions that the cohort marks.</p><div class="row">${exams.join("")}</div>
<h2>Where this came from</h2><p class="quiet"><code>${escapeHtml(JSON.stringify(summary.provenance))}</code></p>`,
  );
}

async function examFigure({ view, heatmap }: ViewAnswer, probability: number): Promise<string> {
  const pixels = new Float32Array(view.rows * view.columns);
  copyView(await loadPixels(view), view, pixels);
  const title = `${view.laterality}-${view.view}, ${view.cancer === 1 ? "cancer" : "no cancer"}, probability ${probability.toFixed(2)}`;
  const boxes = view.lesions.map(({ box, kind, malignant }) => ({
    ...box,
    style: "truth" as const,
    label: `${malignant ? "malignant" : "benign"} ${kind}`,
  }));
  const svg = viewPicture({ ...view, pixels, boxes, title, heat: heatOf(heatmap) });
  return `<figure>${svg}<figcaption>${title}</figcaption></figure>`;
}

/** Loss against steps. */
function curvePlot(title: string, points: readonly (readonly [step: number, loss: number])[]): string {
  const [width, height, left, bottom] = [250, 150, 40, 22];
  const most = Math.max(...points.map(([, loss]) => loss));
  const last = points.at(-1)![0];
  const x = (step: number) => (left + ((width - left - 8) * step) / last).toFixed(1);
  const y = (loss: number) => (22 + (height - 22 - bottom) * (1 - loss / most)).toFixed(1);
  const line = points.map(([step, loss], index) => `${index ? "L" : "M"}${x(step)} ${y(loss)}`).join("");
  const text = (at: string, words: string) => `<text ${at} font-size="11" font-family="system-ui, sans-serif" fill="currentColor">${words}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="loss of ${title}">${text('x="4" y="14" font-weight="600"', `${title}: loss`)}${text(`x="4" y="30"`, most.toFixed(2))}${text(`x="4" y="${height - bottom}"`, "0")}${text(`x="${width - 8}" y="${height - 6}" text-anchor="end"`, `${last} steps`)}<path d="M${left} 22V${height - bottom}H${width - 8}" fill="none" stroke="currentColor" opacity=".4"/><path d="${line}" fill="none" stroke="#2f7ed8" stroke-width="2"/></svg>`;
}
