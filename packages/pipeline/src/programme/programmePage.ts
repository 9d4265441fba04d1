import { type Html, html, rawHtml } from "@mammo/files";
import { minMax } from "@mammo/mammogram";
import { htmlTable } from "../page/htmlTable.ts";
import { pageFoot, pageHead } from "../page/page.ts";
import { type ProgrammeReport, roundName, type ScoreDistribution } from "./programmeReport.ts";
import { programmeTables } from "./programmeTables.ts";

const style = `.wide{overflow-x:auto}.wide svg{min-width:560px}.group{white-space:nowrap;margin-right:1em}.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em}
svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:currentColor}`;

/** Cancer and the exams before it from dark to light, then no cancer. */
const colors = ["#b4233a", "#e0704f", "#eba95c", "#e9cf86"] as const;
const clearColor = "#3b82f6";
const [width, height, bottom, left] = [640, 180, 22, 44];

/**
 * The report as a self-contained page: no script, light and dark.
 *
 * @example await writeFile("programme.html", programmePage(programmeReport(exams)));
 */
export function programmePage(report: ProgrammeReport): string {
  const { exams, women, cancers, distributions, earlier } = report;
  const isDevice = ({ group }: ScoreDistribution) => group.startsWith("no cancer, ");
  const shown = distributions.filter((one) => !isDevice(one));
  const devices = distributions.filter(isDevice);
  const colorOf = (group: string): string => colors[[0, 1, 2, 3].findIndex((round) => roundName(round) === group)] ?? clearColor;
  const [first, ...others] = programmeTables(report);
  const tableOf = ({ title, rows }: NonNullable<typeof first>) => html`<h2>${title}</h2><div class="wide">${htmlTable(rows)}</div>`;
  const body = html`<h1>Scores of a screening programme</h1>
<p>${exams} exams of ${women} women, ${cancers} of whom have a cancer. Shares are of exams, intervals 95 % (Wilson); one exam a woman in each row.</p>
<h2>Scores on the exam with the cancer, on the exams before it, and without cancer</h2>
<figure><div class="wide">${bars(shown, colorOf)}</div><figcaption>${shown.map(
    ({ group, exams: count }) => html`<span class="group"><span class="key" style="background:${colorOf(group)}"></span>${group} (${count})</span> `,
  )}</figcaption></figure>
${
  earlier.length < 2
    ? html`<p class="quiet">No woman with a cancer has an earlier exam here: what was flagged before cannot be told.</p>`
    : html`<h2>Flagged so many exams before the cancer was found, by threshold</h2><figure><div class="wide">${lines(report, colorOf)}</div><figcaption>Bars are 95 % intervals. Blue: exams without cancer that are flagged too.</figcaption></figure>`
}
${devices.length < 2 ? rawHtml("") : html`<h2>Exams without cancer, by device</h2><div class="row">${devices.map((one) => html`<figure>${bars([one], () => clearColor, 320)}<figcaption>${one.group} (${one.exams})</figcaption></figure>`)}</div>`}
${first ? tableOf(first) : rawHtml("")}${others.map(tableOf)}`;
  return `${pageHead("Scores of a screening programme", style)}${body.html}${pageFoot}`;
}

/** Shares of each group's exams by score, side by side. */
function bars(groups: readonly ScoreDistribution[], colorOf: (group: string) => string, wide = width): Html {
  const highest = minMax(groups.flatMap(({ counts, exams }) => counts.map((count) => count / exams)))[1];
  const top = Math.ceil(highest * 10) / 10 || 1;
  const step = (wide - left) / 10;
  const bar = (step * 0.84) / groups.length;
  const y = (share: number) => height - (share / top) * (height - 10);
  return html`<svg viewBox="0 0 ${wide} ${height + bottom}" width="${wide}" height="${height + bottom}" role="img" aria-label="Share of exams with each score from 1 to 10: ${groups.map(({ group }) => group).join("; ")}">
${[0, top / 2, top].map((share) => html`<line x1="${left}" x2="${wide}" y1="${y(share).toFixed(1)}" y2="${y(share).toFixed(1)}" stroke="currentColor" stroke-opacity=".2"/><text x="${left - 6}" y="${(y(share) + 4).toFixed(1)}" text-anchor="end">${Math.round(100 * share)} %</text>`)}
${Array.from({ length: 10 }, (_, at) => html`<text x="${(left + step * (at + 0.5)).toFixed(1)}" y="${height + 16}" text-anchor="middle">${at + 1}</text>`)}
${groups.map(({ group, counts, exams }, index) =>
  counts.map((count, at) =>
    count === 0
      ? rawHtml("")
      : html`<rect x="${(left + step * (at + 0.08) + bar * index).toFixed(1)}" width="${Math.max(1, bar - 1).toFixed(1)}" y="${y(count / exams).toFixed(1)}" height="${(height - y(count / exams)).toFixed(1)}" fill="${colorOf(group)}"><title>${group}, score ${at + 1}: ${count} of ${exams}</title></rect>`,
  ),
)}</svg>`;
}

/** Share flagged against the threshold: exams with the cancer, before it, and without cancer. */
function lines({ earlier, operating }: ProgrammeReport, colorOf: (group: string) => string): Html {
  const all = operating.filter(({ group }) => group === "all");
  const isClear = all.every(({ specificity }) => specificity.of > 0);
  const curves = [
    ...earlier.map(({ before, flagged }) => ({
      color: colorOf(roundName(before)),
      name: roundName(before),
      points: flagged.map(({ rate }) => rate),
    })),
    ...(isClear
      ? [
          {
            color: clearColor,
            name: "no cancer",
            points: all.map(({ specificity: { rate, low, high } }) => ({ rate: 1 - rate, low: 1 - high, high: 1 - low })),
          },
        ]
      : []),
  ];
  const step = (width - left) / 9;
  const x = (at: number, index: number) => (left + step * (at + 0.5) + 4 * (index - (curves.length - 1) / 2)).toFixed(1);
  const y = (share: number) => (height - share * (height - 10)).toFixed(1);
  return html`<svg viewBox="0 0 ${width} ${height + bottom}" width="${width}" height="${height + bottom}" role="img" aria-label="Share flagged by threshold: ${curves.map(({ name }) => name).join("; ")}">
${[0, 0.5, 1].map((share) => html`<line x1="${left}" x2="${width}" y1="${y(share)}" y2="${y(share)}" stroke="currentColor" stroke-opacity=".2"/><text x="${left - 6}" y="${Number(y(share)) + 4}" text-anchor="end">${100 * share} %</text>`)}
${all.map(({ threshold }, at) => html`<text x="${(left + step * (at + 0.5)).toFixed(1)}" y="${height + 16}" text-anchor="middle">≥ ${threshold}</text>`)}
${curves.map(
  ({ color, name, points }, index) =>
    html`<polyline fill="none" stroke="${color}" stroke-width="2" points="${points
      .map(({ rate }, at) => `${x(at, index)},${y(rate)}`)
      .join(" ")}"/>${points.map(
      ({ rate, low, high }, at) =>
        html`<line x1="${x(at, index)}" x2="${x(at, index)}" y1="${y(low)}" y2="${y(high)}" stroke="${color}" stroke-opacity=".6"/><circle cx="${x(at, index)}" cy="${y(rate)}" r="3" fill="${color}"><title>${name}, threshold ${at + 2}: ${(100 * rate).toFixed(1)} %</title></circle>`,
    )}`,
)}</svg>`;
}
