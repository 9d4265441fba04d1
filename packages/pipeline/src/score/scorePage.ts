import { type Html, html } from "@mammo/files";
import { pageHead } from "../page/page.ts";
import { viewFigure } from "../page/viewFigure.ts";
import type { ScoredExam } from "./scoreExam.ts";

/** The first part of a page of scores; `scoredExamHtml` of each exam and `pageFoot` follow, so that a page of any length is written as it comes. */
export const scorePageHead = (trainedOn: string): string =>
  pageHead("mammo: scores") +
  html`<h1>Scores</h1><p class="quiet">Weights trained on the cohort “${trainedOn}”: a score says as much of an exam as that cohort is like it. Orange: malignant evidence, cell by cell. Boxes: findings with their scores.</p>`
    .html;

/** Files that could not be read, named by their content; nothing where there are none. */
export const unreadHtml = (files: readonly { readonly code: string; readonly reason: string }[]): string =>
  files.length === 0 ? "" : html`<h2>Not read</h2>${files.map(({ code, reason }) => html`<p>[${code}] ${reason}</p>`)}`.html;

/** One exam: a row of its views, each with its heatmap's malignant cells and the findings' boxes and scores. */
export function scoredExamHtml({ report, views }: ScoredExam, number: number): string {
  const breasts = report.breasts.map(({ laterality, score }) => `${laterality === "L" ? "left" : "right"} ${score}`).join(", ");
  const figures = report.images.map(({ file, view, findings }): Html => {
    const { image, malignancy } = views.find((examined) => examined.file === file)!;
    const boxes = findings.map(({ box, score }) => ({ ...box, style: "found" as const, label: String(score) }));
    const title = `${view}: ${findings.map(({ score, kind }) => `${kind} ${score}`).join(", ")}`;
    return html`<figure>${viewFigure({ ...image, boxes, title, malignancy })}<figcaption>${title}</figcaption></figure>`;
  });
  const unread = report.leftOut.filter(({ rule }) => rule === "unreadable").length;
  const lacks = [
    ...(report.missing.length > 0 ? [`missing: ${report.missing.join(", ")}`] : []),
    ...(unread > 0 ? [`${unread} of its files could not be read`] : []),
  ];
  return html`<h2>Exam ${number}: ${report.score} of 10</h2><p>${[breasts, ...lacks].join("; ")}</p><div class="row">${figures}</div>`.html;
}
