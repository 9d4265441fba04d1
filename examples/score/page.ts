import { heatOf } from "../shared/heat.ts";
import { escapeHtml, page } from "../shared/page.ts";
import { viewPicture } from "../shared/viewPicture.ts";
import type { Look, PlacedReport } from "./look.ts";

/** One row of views an exam, each with its heatmap's malignant cells and the findings' boxes and scores. */
export function scorePage(reports: readonly PlacedReport[], looks: readonly Look[], trainedOn: string): string {
  const exams = reports.map((report, index) => {
    const breasts = report.breasts.map(({ laterality, score }) => `${laterality === "L" ? "left" : "right"} ${score}`).join(", ");
    const views = report.images.map(({ file, view, findings }) => {
      const { image, examination } = looks.find((look) => look.file === file)!;
      const boxes = findings.map(({ box, score }) => ({ ...box, style: "found" as const, label: String(score) }));
      const title = `${view}: ${findings.map(({ score, kind }) => `${kind} ${score}`).join(", ")}`;
      return `<figure>${viewPicture({ ...image, boxes, title, heat: heatOf(examination.heatmap) })}<figcaption>${escapeHtml(title)}</figcaption></figure>`;
    });
    return `<h2>Exam ${index + 1}: ${report.score} of 10</h2><p>${escapeHtml(breasts)}</p><div class="row">${views.join("")}</div>`;
  });
  return page(
    "mammo: scores",
    `<h1>Scores</h1><p class="quiet">Weights trained on the cohort “${escapeHtml(trainedOn)}”: a score says as much of an exam as that cohort is like it. Orange: malignant evidence, cell by cell. Boxes: findings with their scores.</p>${exams.join("")}`,
  );
}
