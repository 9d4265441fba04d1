// The contact sheet: every source with what was taken for breast, nipple and muscle, to be looked at by a person.
import { type Html, html } from "@mammo/files";
import { type Point, requireKnownKeys, toSourcePoint } from "@mammo/mammogram";
import { page } from "../page/page.ts";
import { outline } from "./outline.ts";
import type { SegmentedSource } from "./segmentSource.ts";
import { thumbnail } from "./thumbnail.ts";

/** Of a pixel on the sheet. */
const mmPerDot = 1.25;

/** Below this confidence a landmark is drawn dashed. */
const confident = 0.5;

/** One source as a figure: the breast's outline green, the muscle's border red, the nipple yellow. */
export function sheetFigure({ image, whole, mask }: SegmentedSource, number: number): Html {
  const step = Math.max(1, Math.round(mmPerDot / image.mmPerPixel));
  const small = thumbnail(whole, Math.floor(whole.rows / step), Math.floor(whole.columns / step));
  // From the standard image over the source's pixels to dots of the sheet.
  const dot = (point: Point): readonly [x: string, y: string] => {
    const source = toSourcePoint(point, image);
    const [row, column] = source.map((value, axis) => (value * image.source.mmPerPixel[axis as 0 | 1]) / image.mmPerPixel / step) as [number, number];
    return [column.toFixed(1), row.toFixed(1)];
  };
  const dash = (confidence: number) => confidence < confident && html` stroke-dasharray="3 2"`;
  const { pectoral, nipple, nippleConfidence } = image;
  const border = pectoral?.border.map((point) => dot(point).join(",")).join(" ");
  const muscle = pectoral && html`<polyline points="${border}" stroke="#ff4b4b"${dash(pectoral.confidence)}/>`;
  const [x, y] = dot(nipple);
  const caption = [
    `${number} ${image.laterality} ${image.view}`,
    `nipple ${nippleConfidence.toFixed(2)}`,
    ...(pectoral ? [`muscle ${pectoral.confidence.toFixed(2)}`] : []),
    ...image.flags,
  ];
  return html`<figure><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${small.columns} ${small.rows}" width="${small.columns}" height="${small.rows}" fill="none" role="img" aria-label="image ${number}"><image href="${small.url}" width="${small.columns}" height="${small.rows}"/><path d="${outline(mask, { ...whole, step })}" stroke="#35d07f"/>${muscle}<circle cx="${x}" cy="${y}" r="3" stroke="#ffc21a"${dash(nippleConfidence)}/></svg><figcaption>${caption.join(" · ")}</figcaption></figure>`;
}

/** A page of figures; numbers are those of the manifest. */
export const sheetPage = (figures: readonly Html[], options: { readonly number: number; readonly count: number }): string => {
  requireKnownKeys("sheetPage", options, { number: true, count: true });
  const { number, count } = options;
  return page(
    `Contact sheet ${number} of ${count}`,
    html`<style>.row{gap:.8rem;align-items:flex-end}figure{max-width:245px}figcaption{font-size:.72rem}</style><h1>Contact sheet ${number} of ${count}</h1>
<p>Sources as read; green: taken for breast, red: border of the pectoral muscle, yellow: nipple; dashed: confidence below ${confident}. Numbers are those of manifest.tsv.</p>
<div class="row">${figures}</div>`,
  );
};
