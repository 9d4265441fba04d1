import type { Box } from "@mammo/mammogram";
import { minMax } from "@mammo/mammogram";
import { findingsOf, imageOf, type ReportedExam, type ReportedFinding, type ReportedImage, type ReportOptions } from "../reportedExam.ts";
import { type Canvas, type Color, canvas, fillBox, strokeBox } from "./canvas.ts";
import { drawText, letter } from "./drawText.ts";

const white: Color = [255, 255, 255];
const gray: Color = [150, 150, 150];
const amber: Color = [255, 194, 26];
const dark: Color = [20, 20, 24];

/** A view is shown at half its size: a pixel of the usual standard image is a quarter of a millimeter. */
const shrink = 2;
const head = 64;
const foot = 34;
const caption = 30;
const gap = 8;
const perRow = 4;

/**
 * One page of an exam: its scores, its views as they are hung (right breast at the left, chest walls to the middle) with the findings' boxes and scores, and that it is for research only.
 *
 * Nothing in it names a person, a date or a place: all words are of this program, but for the algorithm's name.
 */
export function examPage(exam: ReportedExam, images: readonly ReportedImage[], { algorithm }: ReportOptions): Canvas {
  const hung = [...images].sort((a, b) => hangingOrder(a) - hangingOrder(b));
  const [high, wide] = [
    minMax(hung.map(({ standard }) => shrunk(standard.rows)))[1],
    minMax(hung.map(({ standard }) => shrunk(standard.columns)))[1],
  ];
  const across = Math.min(perRow, hung.length);
  const down = Math.ceil(hung.length / perRow);
  const page = canvas(head + down * (caption + high + gap) + foot, Math.max(across * (wide + gap) - gap, 720));
  fillBox(page, { top: 0, left: 0, bottom: head, right: page.columns }, dark);
  drawText(page, `EXAM ${exam.score} OF 10`, { top: 12, left: 12, scale: 4, color: white });
  const hungBreasts = [...exam.breasts].sort((a, b) => (a.laterality < b.laterality ? 1 : -1));
  const breasts = hungBreasts.map(({ laterality, score }) => `${laterality === "L" ? "LEFT" : "RIGHT"} ${score}`).join("   ");
  drawText(page, breasts, { top: 12, left: page.columns - 12 - breasts.length * letter.width * 3, scale: 3, color: white });
  drawText(page, "SUSPICION SCORES FROM 1 (LEAST) TO 10 (MOST)", { top: 47, left: 12, scale: 1, color: gray });

  hung.forEach((image, index) => {
    const top = head + Math.floor(index / perRow) * (caption + high + gap);
    const left = (index % perRow) * (wide + gap);
    const { laterality, view } = image.standard;
    drawText(page, `${laterality}-${view}`, { top: top + 8, left: left + 8, scale: 2, color: white });
    const findings = findingsOf(exam).filter((finding) => imageOf(finding, images) === image);
    drawView(page, image, findings, { top: top + caption, left });
  });

  const line = page.rows - foot + 10;
  drawText(page, "NOT A MEDICAL DEVICE. FOR RESEARCH ONLY.", { top: line, left: 12, scale: 2, color: amber });
  const by = `${algorithm.name} ${algorithm.version}`.slice(0, 60);
  drawText(page, by, { top: line + 4, left: page.columns - 12 - by.length * letter.width, scale: 1, color: gray });
  return page;
}

const shrunk = (size: number): number => Math.floor(size / shrink);

/** Right before left, and within a breast by the name of the view: R-CC, L-CC, R-MLO, L-MLO. */
const hangingOrder = ({ standard: { laterality, view } }: ReportedImage): number =>
  2 * [...view].reduce((order, sign) => 32 * order + (sign.charCodeAt(0) & 31), 0) + (laterality === "R" ? 0 : 1);

function drawView(
  page: Canvas,
  { standard }: ReportedImage,
  findings: readonly ReportedFinding[],
  at: { readonly top: number; readonly left: number },
): void {
  const [high, wide] = [shrunk(standard.rows), shrunk(standard.columns)];
  const isMirrored = standard.laterality === "R";
  for (let row = 0; row < high; row++)
    for (let column = 0; column < wide; column++) {
      let sum = 0;
      for (let r = 0; r < shrink; r++)
        for (let c = 0; c < shrink; c++) sum += standard.pixels[(row * shrink + r) * standard.columns + column * shrink + c]!;
      const level = Math.round((255 * sum) / shrink ** 2);
      const place = (at.top + row) * page.columns + at.left + (isMirrored ? wide - 1 - column : column);
      page.pixels.fill(level, 3 * place, 3 * place + 3);
    }
  for (const { box, score } of findings) {
    const drawn = placed(box, { ...at, wide, isMirrored });
    strokeBox(page, drawn, amber);
    drawText(page, String(score), { top: drawn.top < at.top + 24 ? drawn.bottom + 6 : drawn.top - 22, left: drawn.left, scale: 2, color: amber });
  }
}

function placed(box: Box, to: { readonly top: number; readonly left: number; readonly wide: number; readonly isMirrored: boolean }): Box {
  const { top, left, bottom, right } = { top: box.top / shrink, left: box.left / shrink, bottom: box.bottom / shrink, right: box.right / shrink };
  const [from, until] = to.isMirrored ? [to.wide - right, to.wide - left] : [left, right];
  return { top: to.top + top, left: to.left + from, bottom: to.top + bottom, right: to.left + until };
}
