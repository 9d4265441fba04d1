import type { PairRefusal } from "@mammo/ensemble";
import { type Html, html } from "@mammo/files";
import { minMax, requireKnownKeys } from "@mammo/mammogram";
import type { BundleFile } from "../bundle/bundleFile.ts";
import { groupBy } from "../groupBy.ts";
import { pageFoot, pageHead } from "../page/page.ts";
import type { Provenance } from "../run/provenance.ts";
import { hanging } from "./hanging.ts";
import { type HungFinding, hungView, shownColumns, shownPart } from "./hungView.ts";
import { leftOutReasons } from "./leftOutReasons.ts";
import { lesionClass, lesionLetter } from "./lesionMark.ts";
import type { PlacedFinding, PlacedReport } from "./placedReport.ts";
import type { ScoredExam } from "./scoreExam.ts";
import { scoreStyle } from "./scoreStyle.ts";

/** What whoever reads scores has to know of them, in one line. */
export const scoreNotice = ({ trainedOn }: Pick<BundleFile, "trainedOn">): string =>
  `Not a medical device. For research only. Weights trained on the cohort “${trainedOn}”: probabilities are calibrated for exams like those only.`;

/** The first part of a page of scores; `scoredExamHtml` of each exam and `scorePageFoot` follow, so that a page of any length is written as it comes. */
export const scorePageHead = (trainedOn: string): string =>
  pageHead("mammo: scores", scoreStyle) +
  html`<header><h1>Scores</h1><p class="quiet">Weights trained on the cohort “${trainedOn}”: a score says as much of an exam as that cohort is like it, and probabilities are calibrated for exams like those only. Scores go from 1 (least) to 10 (most suspicious). A box is a finding, with the letter of its lesion and its score; two boxes of one letter and color are one lesion in both views, dashed ones are seen in one view. Orange: malignant evidence, cell by cell.</p></header><div class="tools" role="group" aria-label="What is shown"><label><input type="checkbox" id="map" checked>Malignancy map</label><label><input type="checkbox" id="boxes" checked>Boxes</label><label><input type="checkbox" id="faint">Findings of score 1</label></div><main>`
    .html;

/** Files that could not be read, named by their content; nothing where there are none. */
export const unreadHtml = (files: readonly { readonly code: string; readonly reason: string }[]): string =>
  files.length === 0 ? "" : html`<h2>Not read</h2>${files.map(({ code, reason }) => html`<p>[${code}] ${reason}</p>`)}`.html;

/** Files that are in no score although nothing is wrong with them, counted by why; nothing where there are none. */
export const leftOutHtml = (counts: readonly { readonly why: string; readonly reason: string; readonly files: number }[]): string =>
  counts.length === 0
    ? ""
    : html`<h2>Left out</h2>${counts.map(({ why, reason, files }) => html`<p>${files} ${files === 1 ? "file" : "files"} [${why}] ${reason}</p>`)}`
        .html;

/** What a page of scores came from. */
export interface ScoreOrigin {
  readonly bundle: BundleFile;
  /** SHA-256 of bundle.json, which holds those of the weights. */
  readonly bundleSha256: string;
  /** Where the scores were computed. */
  readonly scored: Pick<Provenance, "versions" | "node" | "backend">;
  /** What was not taken from the files themselves, in words: side, view, the size of a pixel. */
  readonly reading?: string | undefined;
}

/** The end of a page of scores: with what it was made, and what it is not. */
export function scorePageFoot({ bundle, bundleSha256, scored, reading }: ScoreOrigin): string {
  const { members, trainedOn, standardization, calibrator, scale, pairModel, provenance } = bundle;
  const fitted = pairModel?.pairs === undefined ? "set by hand, fitted to no pairs" : `fitted to ${pairModel.pairs} labeled pairs`;
  const made = ({ versions, node, backend }: ScoreOrigin["scored"]) =>
    `${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ")}; Node ${node}; ${backend}`; // biome-ignore format: one text
  const rows: readonly (readonly [string, Html | string])[] = [
    ["Bundle", html`<code>${bundleSha256}</code> (SHA-256 of bundle.json), trained on “${trainedOn}”`],
    ["Weights", html`${members.map(({ name, family, weightsSha256 }) => html`${name} (${family}) <code>${weightsSha256}</code> `)}`],
    ["Standard images", standardization],
    ...(reading === undefined ? [] : [["Where files do not say it", reading] as const]),
    ["Probability and score", `calibrator ${calibrator.kind}, fitted on that cohort; scale “${scale.name}”`],
    ["Pairs of CC and MLO", `by a model ${fitted}`],
    ["Scored with", made(scored)],
    ["Trained with", `${made(provenance)}; seed ${provenance.seed}`],
  ];
  return html`</main><footer class="origin"><h2>Where this comes from</h2><dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></footer>`.html + pageFoot; // biome-ignore format: one row
}

/** An earlier exam of the same woman, to be shown beside a later one. */
export interface PriorExam {
  readonly scored: ScoredExam;
  /** Of its own section of the page. */
  readonly number: number;
  readonly daysBefore: number;
}

/**
 * One exam: its scores, its views as they are hung, each with its malignancy map and the findings' boxes, and its findings as a table. A prior exam is hung beside it, mm as long there as here; its boxes lead to its own section, which must
 * be on the page too.
 */
export function scoredExamHtml(scored: ScoredExam, number: number, prior?: PriorExam): string {
  requireKnownKeys("scoredExamHtml", prior, { scored: true, number: true, daysBefore: true });
  const { report, views } = scored;
  const id = `exam-${number}`;
  const all = [...views, ...(prior?.scored.views ?? [])];
  const columns = shownColumns(all);
  const boxId = (at: number, lesion: number) => `${id}-image-${at + 1}-lesion-${lesion}`;
  const pairs = pairsOf(report);
  const hung = report.images.map((image, at) => ({ ...image, at }));
  const current = hangExam(scored, all, columns, (finding, at) => ({
    id: boxId(at, finding.lesion),
    lesionId: `${id}-lesion-${finding.lesion}`,
    isPair: pairs.has(finding.lesion),
  }));
  const seenIn = (lesion: number): Html[] =>
    hung.flatMap(({ view, at, findings }) =>
      findings.filter((finding) => finding.lesion === lesion).map(({ score }) => html`<a href="#${boxId(at, lesion)}">${view} ${score}</a> `),
    );
  const lesions = lesionsOf(report).map(({ number: lesion, score, probability, findings, place, pairProbability }) => {
    const isPair = pairProbability !== undefined;
    const kinds = [...new Set(findings.flatMap(({ kind }) => kind ?? []))].join(" or ");
    const where = place ? `${place.region}, ${place.third} third, ${place.mmFromNipple} mm from the nipple` : "not known: landmarks are not trusted";
    const agreement = highestOf(findings.flatMap((finding) => finding.agreement ?? []));
    return html`<tr class="${lesionClass({ number: lesion, isPair })}${score === 1 && " faint"}" id="${id}-lesion-${lesion}"><th scope="row"><span class="letter">${lesionLetter(lesion)}</span></th><td>${score} <span class="quiet">${percent(probability)}</span></td><td>${kinds}${agreement !== undefined && html` <span class="quiet">marked by ${agreement === 1 ? "all" : `${percent(agreement)} of the`} models</span>`}</td><td>${seenIn(lesion)}</td><td>${where}${isPair && html` <span class="quiet">one lesion in both views: ${percent(pairProbability)}</span>`}</td></tr>`;
  });
  const beside =
    prior &&
    html`<div role="group" aria-label="Prior exam">${priorTitle(prior)}<div class="hang">${hangExam(prior.scored, all, columns, (finding, at) => ({
      id: `${id}-prior-image-${at + 1}-lesion-${finding.lesion}`,
      lesionId: `exam-${prior.number}-lesion-${finding.lesion}`,
      isPair: false,
      isPrior: true,
    }))}</div></div>`;
  return html`<section class="exam" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">Exam ${number}: ${report.score} of 10</h2><ul class="scores">${scoresOf(report)}</ul>${lacksOf(report)}<div class="sides${prior && " both"}"><div>${prior && html`<h3>This exam</h3>`}<div class="hang">${current}</div></div>${beside}<div><table class="findings"><caption>Findings, the most suspicious first</caption><thead><tr>${["Lesion", "Score", "Kind", "Seen in", "Place"].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${lesions}</tbody></table>${faintOf(report)}${refusalsOf(report)}</div></div></section>`
    .html;
}

/** Rows of views as they are hung; a mm is as long in all of `all`, and a row shows the same part of each. */
function hangExam(
  { report, views }: ScoredExam,
  all: ScoredExam["views"],
  columns: number,
  linksOf: (finding: PlacedFinding, at: number) => Omit<HungFinding, keyof PlacedFinding>,
): Html[] {
  const hung = report.images.map((image, at) => ({ ...image, at }));
  return hanging(hung).map(({ view, right, left }) => {
    const figure = (side: "R" | "L", image: (typeof hung)[number] | undefined): Html => {
      if (image === undefined)
        return html`<figure class="none ${side.toLowerCase()}"><figcaption>${side}-${view}</figcaption>not in this exam</figure>`;
      const alike = all.filter(({ image: other }) => other.view === view);
      const findings = image.findings.map((finding): HungFinding => ({ ...finding, ...linksOf(finding, image.at) }));
      return html`<figure class="view ${side.toLowerCase()}"><figcaption>${image.view}</figcaption>${hungView(views[image.at]!, shownPart(alike, columns), findings)}</figure>`;
    };
    return html`${figure("R", right)}${figure("L", left)}`;
  });
}

const pairsOf = (report: PlacedReport): ReadonlySet<number> =>
  new Set(lesionsOf(report).flatMap((lesion) => (lesion.pairProbability === undefined ? [] : lesion.number)));

function priorTitle({ scored: { report }, number, daysBefore }: PriorExam): Html {
  const years = daysBefore / 365.25;
  const when = years < 1 ? `${daysBefore} days` : `${years.toFixed(1)} years`;
  return html`<h3>Prior: <a href="#exam-${number}">exam ${number}</a>, ${when} before, ${report.score} of 10</h3>`;
}

/** Findings of score 1 are there so that no breast is without one; they are off by default. */
function faintOf(report: PlacedReport): Html | undefined {
  const all = lesionsOf(report);
  const faint = all.filter(({ score }) => score === 1).length;
  if (faint === 0) return undefined;
  const rest = faint === 1 ? "1 of score 1 is not shown" : `${faint} of score 1 are not shown`;
  return html`<p class="quiet unless-faint">${faint === all.length ? `No finding above score 1; ${rest}.` : `${rest}.`}</p>`;
}

/** The highest; undefined of none. */
const highestOf = (shares: readonly number[]): number | undefined => (shares.length === 0 ? undefined : minMax(shares)[1]);

const lesionsOf = ({ breasts }: PlacedReport) => breasts.flatMap(({ lesions }) => lesions).sort((a, b) => a.number - b.number);

const breastName = { R: "Right breast", L: "Left breast" } as const;

/** As it is hung: the right breast first. */
function scoresOf({ score, probability, breasts }: PlacedReport): Html[] {
  const all = [{ name: "Exam", score, probability }, ...[...breasts].reverse().map((breast) => ({ ...breast, name: breastName[breast.laterality] }))];
  return all.map((one) => html`<li><span>${one.name}</span> <b>${one.score}</b> of 10 <span>probability ${percent(one.probability)}</span></li>`);
}

function lacksOf({ missing, leftOut }: PlacedReport): Html | undefined {
  const lacks = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...[...groupBy(leftOut, ({ rule }) => rule)].map(([rule, { length }]) =>
      rule === "unreadable" ? `${length} of its files could not be read` : `${length} left out: ${reasonOf(rule)}`,
    ),
  ];
  return lacks.length > 0 ? html`<p>${lacks.join("; ")}</p>` : undefined;
}

const reasonOf = (rule: string): string => (leftOutReasons as Readonly<Record<string, string>>)[rule] ?? rule;

const reasons: Readonly<Record<PairRefusal, string>> = {
  landmarks: "the nipple or the pectoral muscle was not found with enough confidence",
  "posterior nipple lines": "the posterior nipple lines of the two views differ by more than a centimeter",
};

const refusalsOf = ({ breasts }: PlacedReport): Html[] =>
  breasts.flatMap(({ laterality, pairingRefused }) =>
    pairingRefused === undefined
      ? []
      : html`<p class="quiet">${breastName[laterality]}: findings of CC and MLO were not paired, since ${reasons[pairingRefused]}.</p>`,
  );

/** Two digits, and no false certainty at the ends. */
function percent(probability: number): string {
  if (probability < 0.001) return "< 0.1\u00a0%";
  if (probability > 0.999) return "> 99.9\u00a0%";
  return `${Number((100 * probability).toPrecision(probability < 0.1 || probability > 0.99 ? 2 : 3)).toString()}\u00a0%`;
}
