// One view of an exam as it is hung: the chest wall toward the middle, the malignancy map over it, each finding a link to its lesion.
import { type Html, html } from "@mammo/files";
import { type Box, minMax } from "@mammo/mammogram";
import { malignantCells, viewPicture } from "../page/viewPicture.ts";
import { lesionClass, lesionLetter } from "./lesionMark.ts";
import type { ExaminedView, PlacedFinding } from "./placedReport.ts";

/** A finding and where its links lead. */
export interface HungFinding extends PlacedFinding {
  /** The element of this box. */
  readonly id: string;
  /** The element of its lesion. */
  readonly lesionId: string;
  readonly isPair: boolean;
  /** Of a prior exam, beside a later one. */
  readonly isPrior?: boolean;
}

/** The pictures are half of the views' size. */
const shrink = 2;

/** Around the breasts, in pixels. */
const margin = 16;

/** How much of all views is shown from the chest wall on: as much of each, so that a mm is as long in all of them. */
export function shownColumns(views: readonly Pick<ExaminedView, "image">[]): number {
  const [most] = minMax(views.map(({ image }) => image.columns));
  return even(Math.min(most, minMax(views.map(({ image }) => image.breast.right))[1] + margin));
}

/** The part of a row's views that holds their breasts. */
export function shownPart(views: readonly Pick<ExaminedView, "image">[], columns: number): Box {
  const [first] = minMax(views.map(({ image }) => image.breast.top));
  const [, last] = minMax(views.map(({ image }) => image.breast.bottom));
  const top = even(Math.max(0, first - margin));
  const bottom = Math.min(minMax(views.map(({ image }) => image.rows))[0], last + margin);
  return { top, left: 0, bottom: top + even(bottom - top), right: columns };
}

/** Whole pixels of the picture. */
const even = (pixels: number): number => shrink * Math.floor(pixels / shrink);

/** A self-contained SVG of a view's part, a right breast mirrored. */
export function hungView({ image, malignancy }: ExaminedView, part: Box, findings: readonly HungFinding[]): Html {
  const wide = part.right;
  const isMirrored = image.laterality === "R";
  const name = `${image.laterality}-${image.view}`;
  const shown = findings.filter(({ score }) => score > 1).length;
  const found = shown === 0 ? "no finding above score 1" : shown === 1 ? "1 finding" : `${shown} findings`;
  const mirror = isMirrored && html` transform="matrix(-1 0 0 1 ${wide} 0)"`;
  const label = `Mammogram ${name}${isMirrored ? ", mirrored as it is hung" : ""}: ${found}`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${part.top} ${wide} ${part.bottom - part.top}" role="group" aria-label="${label}"><g${mirror} aria-hidden="true">${viewPicture(image, part, shrink)}<g class="map">${malignantCells(malignancy)}</g></g>${findings.map((finding) => outline(finding, part, isMirrored))}</svg>`;
}

/** A box with its lesion's letter and its score; what reaches beyond the part is cut. */
function outline({ box, lesion, score, kind, view, laterality, isPair, isPrior, id, lesionId }: HungFinding, part: Box, isMirrored: boolean): Html {
  const inner = 4;
  const [top, bottom] = [Math.max(box.top, part.top + inner), Math.min(box.bottom, part.bottom - inner)];
  const [from, to] = [Math.max(box.left, inner), Math.min(box.right, part.right - inner)];
  const left = isMirrored ? part.right - to : from;
  const letter = lesionLetter(lesion);
  const says = `${isPrior ? "Prior exam: lesion" : "Lesion"} ${letter}${kind ? `, ${kind}` : ""}, score ${score} of 10 in ${laterality}-${view}${isPair ? ", seen in both views" : ""}`;
  const corner = html`x="${(left + 12).toFixed(1)}" y="${(top + 14).toFixed(1)}"`;
  const marks = isPrior ? "lesion prior" : lesionClass({ number: lesion, isPair });
  return html`<a class="${marks}${score === 1 && " faint"}" id="${id}" href="#${lesionId}" aria-label="${says}"><rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(to - from).toFixed(1)}" height="${(bottom - top).toFixed(1)}"/><text ${corner}>${letter} ${score}</text></a>`;
}
