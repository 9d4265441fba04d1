// diagnosis.html: what happened inside the net, stage by stage.
import { type Html, html, rawHtml } from "@mammo/files";
import { minMax } from "@mammo/mammogram";
import { curveTrend, type Diagnosis, diagnose, type ObservedStep } from "@mammo/train";
import { htmlTable } from "../../page/htmlTable.ts";
import { page } from "../../page/page.ts";

/** The observed steps of a run as a page: what looks wrong in words, then curves, dead units and updates of each layer. */
export function diagnosisPage(steps: readonly ObservedStep[]): string {
  const found = diagnose(steps);
  const stages = [...new Set(steps.map(({ stage }) => stage))];
  const sections = stages.map((stage) =>
    section(
      stage,
      steps.filter((one) => one.stage === stage),
      found.filter((one) => one.stage === stage),
    ),
  );
  return page(
    "mammo: inside the net",
    html`<h1>Inside the net</h1>
<p>${steps.length} steps of ${stages.length} ${stages.length === 1 ? "stage" : "stages"} were observed. ${found.length === 0 ? "Nothing looks wrong." : html`<strong>${found.length} ${found.length === 1 ? "thing looks" : "things look"} wrong.</strong>`}</p>
<p class="quiet">Update: norm of a step's change by the norm of the weights; blue 10⁻⁶, gray 10⁻³ (usual), red 1; biases and offsets begin at zero, so that theirs are large at first. Dead: zero for whole batches behind the ReLU; red where all units are. Each strip: a row a layer, a column an observed step. Limits of what is called wrong: <code>diagnose</code> of @mammo/train. The numbers: checkpoints/*.dynamics.jsonl, and for TensorBoard checkpoints/tensorboard.</p>
${sections}`,
  );
}

function section(stage: string, steps: readonly ObservedStep[], found: readonly Diagnosis[]): Html {
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const trend = curveTrend(steps.map(({ loss }) => loss));
  const told =
    trend &&
    html`<p>Loss from step to step: noise ${trend.noise.toPrecision(2)}; over the last third it is ${trend.isLevel ? "level, as far as the noise tells" : trend.change < 0 ? `still falling, by ${(-trend.change).toPrecision(2)}` : `rising, by ${trend.change.toPrecision(2)}`}.</p>`;
  return html`<h2>${stage}: ${steps.length} of ${last.step} steps</h2>
${found.length > 0 && html`<ul>${found.map(({ layer, text }) => html`<li><strong>${layer || "the stage"}</strong> ${text}</li>`)}</ul>`}${told}
<div class="row">
<figure>${curve(
    "loss",
    steps.map(({ step, loss }) => [step, loss]),
  )}</figure>
<figure>${curve(
    "gradient norm",
    steps.map(({ step, gradientNorm }) => [step, gradientNorm]),
  )}</figure>
</div>
${last.activations.length > 0 && html`<h3>Dead units${deadRows(steps).every(({ values }) => values.every((value) => !value)) ? ": none" : ""}</h3>${strips(steps, deadRows(steps), share)}`}
<h3>Updates relative to the weights</h3>${strips(steps, updateRows(steps), power)}
${htmlTable([
  ["parameter", "weight norm, first", "last", "gradient norm, last", "update, last", "units without gradient", "condition"],
  ...last.parameters.map((one): (string | number)[] => [
    one.name,
    first.parameters.find(({ name }) => name === one.name)?.weights.norm.toPrecision(3) ?? "",
    one.weights.norm.toPrecision(3),
    one.gradient.norm.toExponential(1),
    one.updateRatio.toExponential(1),
    `${one.unitsWithoutGradient} of ${one.units}`,
    one.condition === undefined ? "" : one.condition === null ? "∞" : one.condition.toPrecision(2),
  ]),
])}`;
}

interface Row {
  readonly name: string;
  /** One value a step; undefined where the layer was not seen. */
  readonly values: readonly (number | undefined)[];
}

const deadRows = (steps: readonly ObservedStep[]): readonly Row[] =>
  steps.at(-1)!.activations.map(({ name }) => ({
    name,
    values: steps.map(({ activations }) => {
      const own = activations.find((one) => one.name === name);
      return own && own.deadUnits / Math.max(1, own.units);
    }),
  }));

const updateRows = (steps: readonly ObservedStep[]): readonly Row[] =>
  steps
    .at(-1)!
    .parameters.map(({ name }) => ({ name, values: steps.map(({ parameters }) => parameters.find((one) => one.name === name)?.updateRatio) }));

/** Color of a share in [0, 1]: gray to red. */
const share = (value: number): string => `rgb(${Math.round(225 - 25 * value)},${Math.round(228 - 190 * value)},${Math.round(232 - 190 * value)})`;

/** Color of a ratio by its power of ten: blue at 1e-6 and less, gray at 1e-3, red at 1 and more. */
function power(value: number): string {
  const at = Math.max(-1, Math.min(1, (Math.log10(Math.max(value, 1e-9)) + 3) / 3));
  return at < 0
    ? `rgb(${Math.round(225 + 185 * at)},${Math.round(228 + 120 * at)},${Math.round(232 + 20 * at)})`
    : `rgb(${Math.round(225 - 25 * at)},${Math.round(228 - 190 * at)},${Math.round(232 - 190 * at)})`;
}

/** A row a layer, a column a step. */
function strips(steps: readonly ObservedStep[], rows: readonly Row[], color: (value: number) => string): Html {
  const [left, cell, height] = [230, Math.max(4, Math.min(16, 640 / steps.length)), 15];
  const cells = rows.map(({ name, values }, row) => {
    const label = html`<text x="${left - 8}" y="${height * row + 12}" text-anchor="end" font-size="11" font-family="system-ui, sans-serif" fill="currentColor">${name}</text>`;
    const marks = values.map((value, column) =>
      value === undefined
        ? ""
        : html`<rect x="${(left + cell * column).toFixed(1)}" y="${height * row + 2}" width="${cell.toFixed(1)}" height="${height - 2}" fill="${color(value)}"><title>${name}, step ${steps[column]!.step}: ${value.toPrecision(2)}</title></rect>`,
    );
    return html`${label}${marks}`;
  });
  const [width, total] = [left + cell * steps.length + 10, height * rows.length + 4];
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img" aria-label="one row a layer, one column a step">${cells}</svg>`;
}

/** A number against steps, from 0 up. */
export function curve(title: string, points: readonly (readonly [step: number, value: number])[]): Html {
  const [width, height, left, bottom] = [250, 150, 40, 22];
  const most = minMax(points.map(([, value]) => value))[1] || 1;
  const last = points.at(-1)![0];
  const x = (step: number) => (left + ((width - left - 8) * step) / last).toFixed(1);
  const y = (value: number) => (22 + (height - 22 - bottom) * (1 - value / most)).toFixed(1);
  const line = points.map(([step, value], index) => `${index ? "L" : "M"}${x(step)} ${y(value)}`).join("");
  const text = (at: string, words: string) =>
    html`<text ${rawHtml(at)} font-size="11" font-family="system-ui, sans-serif" fill="currentColor">${words}</text>`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">${text('x="4" y="14" font-weight="600"', title)}${text(`x="4" y="30"`, most.toPrecision(3))}${text(`x="4" y="${height - bottom}"`, "0")}${text(`x="${width - 8}" y="${height - 6}" text-anchor="end"`, `${last} steps`)}<path d="M${left} 22V${height - bottom}H${width - 8}" fill="none" stroke="currentColor" opacity=".4"/><path d="${line}" fill="none" stroke="#2f7ed8" stroke-width="2"/></svg>`;
}
