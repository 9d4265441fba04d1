import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { startingPairModel } from "@mammo/ensemble";
import { standardizationVersion } from "@mammo/io";
import { commandExists } from "@mammo/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leftOutHtml, type ScoredExam, type ScoreOrigin, scoredExamHtml, scorePageFoot, scorePageHead, unreadHtml } from "../src/index.ts";
import { hanging } from "../src/score/hanging.ts";
import { lesionLetter } from "../src/score/lesionMark.ts";
import { reportOf } from "../src/score/placedReport.ts";
import { cellBehind, examined, phantomImages } from "./examinedExam.ts";

const scale = { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] } as const;
const hash = "0123456789abcdef".repeat(4);
const made = { versions: { "@mammo/pipeline": "0.1.0" }, node: "22.1.0", backend: "wasm, processor, 2 threads, simd128" };
const origin: ScoreOrigin = {
  bundle: {
    schema: "mammo-bundle-1",
    members: [{ name: "first", family: "dreamNet", options: {} as never, seed: 1, weightsSha256: "f".repeat(64) }],
    calibrator: { kind: "platt", slope: 1, intercept: 0 },
    scale,
    trainedOn: "<phantom>",
    standardization: standardizationVersion,
    provenance: { ...made, seed: 1, inputs: {} },
  },
  bundleSha256: hash,
  scored: made,
};

/** An exam with a pair in the left breast, a finding seen in one view beside it, and healthy right views. */
let exam: ScoredExam;
/** A year before: healthy, all findings of score 1. */
let before: ScoredExam;
/** The same without L-CC, and with doubtful landmarks. */
let partial: ScoredExam;
let html: string;

beforeAll(async () => {
  const images = await phantomImages(5);
  const views = images.map((image, at) => {
    const [behind, beside] = [cellBehind(image, 45, 15), cellBehind(image, 45, -45)];
    const isLeft = image.laterality === "L";
    const cells = [{ ...behind, logit: isLeft ? 2.5 : -2 }];
    return examined(image, `image ${at + 1}`, isLeft && image.view === "MLO" ? [...cells, { ...beside, logit: 0.5 }] : cells);
  });
  const scored = (own: typeof views, missing: readonly string[]): ScoredExam => ({
    report: {
      ...reportOf("exam", own, { scale }),
      leftOut: ["unreadable", "intent", "intent"].map((rule, at) => ({ file: `image ${at + 8}`, rule })),
      missing,
    },
    views: own,
  });
  exam = scored(views, []);
  const doubtful = views.map((view) => ({ ...view, image: { ...view.image, nippleConfidence: 0.1 } }));
  partial = scored(
    doubtful.filter(({ image }) => !(image.laterality === "L" && image.view === "CC")),
    ["L-CC"],
  );
  before = scored(
    images.map((image, at) => examined(image, `image ${at + 1}`, [{ ...cellBehind(image, 45, 15), logit: -4 }])),
    [],
  );
  html =
    scorePageHead("<phantom>") +
    scoredExamHtml(exam, 1) +
    scoredExamHtml(partial, 2) +
    scoredExamHtml(before, 3) +
    scoredExamHtml(exam, 4, { scored: before, number: 3, daysBefore: 420 }) +
    unreadHtml([{ code: "x", reason: "<y>" }]) +
    leftOutHtml([{ why: "part", reason: "<z>", files: 2 }]) +
    scorePageFoot(origin);
}, 60_000);

describe("hanging", () => {
  const rows = (...views: string[]) => hanging(views.map((view) => ({ view }))).map(({ right, left }) => [right?.view, left?.view]);

  it("hangs CC above MLO, the right breast at the left, and leaves the places of missing views", () => {
    expect(rows("L-MLO", "R-MLO", "L-CC", "R-CC")).toEqual([["R-CC", "L-CC"], ["R-MLO", "L-MLO"]]); // biome-ignore format: one row
    expect(rows("R-MLO")).toEqual([[undefined, undefined], ["R-MLO", undefined]]); // biome-ignore format: one row
  });

  it("gives other views and repeated ones rows of their own, and displaced implants the place of the plain view", () => {
    expect(rows("R-XCCL", "L-CC", "L-CC", "L-MLO", "R-CC", "L-AT")).toEqual([
      ["R-CC", "L-CC"],
      [undefined, "L-CC"],
      [undefined, "L-MLO"],
      [undefined, "L-AT"],
      ["R-XCCL", undefined],
    ]);
    expect(rows("R-CCID", "L-MLO", "R-MLOID")).toEqual([["R-CCID", undefined], [undefined, "L-MLO"], ["R-MLOID", undefined]]); // biome-ignore format: one row
  });
});

it("lesions have letters, and numbers where there are no more", () => {
  expect([1, 26, 27].map(lesionLetter)).toEqual(["A", "Z", "No. 27"]);
});

describe("the page of scores", () => {
  it("keeps a policy without scripts, escapes what comes from a bundle, and is not a medical device", () => {
    // By what is found, not the page itself: it is half a megabyte.
    expect(html.match(/Content-Security-Policy" content="([^"]*)"/)![1]!.replaceAll("&#39;", "'")).toMatch(
      /^default-src 'none'; img-src data:; style-src [^;]*; base-uri 'none'/,
    );
    expect(html.match(/<script|<phantom>|<y>|<z>|\son\w+=/)).toBeNull();
    for (const text of [
      "“&lt;phantom&gt;”",
      "Not a medical device",
      hash,
      "f".repeat(64),
      standardizationVersion,
      made.backend,
      "fitted to no pairs",
      "2 files [part] &lt;z&gt;",
      "calibrated for exams like those only",
    ])
      expect(html.includes(text), text).toBe(true);
    const fitted = { ...origin, bundle: { ...origin.bundle, pairModel: { ...startingPairModel, pairs: 12 } } };
    expect(scorePageFoot(fitted)).toContain("fitted to 12 labeled pairs");
    expect(scorePageFoot({ ...origin, reading: "<side> by a table" })).toContain("&lt;side&gt; by a table");
    expect(html).not.toContain("Where files do not say it");
  });

  it("says why findings were not paired, what is missing and what could not be read", () => {
    const [first, second] = [scoredExamHtml(exam, 1), scoredExamHtml(partial, 2)];
    const texts = (page: string) => page.replace(/<svg.*?<\/svg>/gs, "");
    expect(texts(second)).toContain("missing: L-CC; 1 of its files could not be read; 2 left out: raw data of a view that is there for presentation");
    // The left breast has one view alone: there was nothing to pair.
    expect(texts(second)).toContain("Right breast: findings of CC and MLO were not paired, since the nipple");
    expect(texts(second)).not.toContain("Left breast: findings");
    expect(texts(second)).toContain("landmarks are not trusted");
    expect(texts(first)).not.toContain("not paired");
  });

  it("has each id once, and each link leads to one", () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(10);
    for (const link of links) expect(ids).toContain(link);
  });
});

const switches =
  "--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");
const program = process.env["MAMMO_CHROMIUM"] ?? "chromium";

describe.skipIf(!program.includes("/") && !commandExists(program))("the page of scores in Chromium (needs chromium, or MAMMO_CHROMIUM)", () => {
  let browser: Browser;
  let folder: string;
  const wrong: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-page-"));
    await writeFile(join(folder, "scores.html"), html);
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    const executablePath = program.includes("/") ? program : join(folders.find((one) => commandExists(program, one))!, program);
    browser = await chromium.launch({ executablePath, args: switches });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(width: number, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on("console", (message) => void wrong.push(message.text()));
    page.on("pageerror", (error) => void wrong.push(error.message));
    page.on("request", (request) => void (/^(file|data):/.test(request.url()) || wrong.push(request.url())));
    await page.goto(pathToFileURL(join(folder, "scores.html")).href);
    return page;
  }

  /** What a line of JavaScript is in the page. */
  const ask = <T>(page: Page, code: string): Promise<T> => page.evaluate(code) as Promise<T>;
  const opacityOf = (page: Page, selector: string, property: string) =>
    ask<string>(page, `getComputedStyle(document.querySelector('${selector}'))['${property}']`);

  it.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("%i px, %s: as wide as the window, chest walls together in the middle, text that can be read", async (width, scheme) => {
    const page = await open(width, scheme);
    expect(await ask(page, "document.documentElement.scrollWidth")).toBe(width);
    const boxes = await Promise.all(
      ["R-CC", "L-CC", "R-MLO", "L-MLO"].map(
        async (view) => (await page.locator(`#exam-1 figure:has(figcaption:text-is("${view}")) svg`).boundingBox())!,
      ),
    );
    const [rcc, lcc, rmlo, lmlo] = boxes as [(typeof boxes)[0], (typeof boxes)[0], (typeof boxes)[0], (typeof boxes)[0]];
    for (const [right, left] of [
      [rcc, lcc],
      [rmlo, lmlo],
    ] as const) {
      // biome-ignore format: one row
      expect(right.y).toBe(left.y);
      expect([right.width, right.height]).toEqual([left.width, left.height]);
      expect(left.x - (right.x + right.width)).toBeGreaterThanOrEqual(0);
      expect(left.x - (right.x + right.width)).toBeLessThanOrEqual(4);
    }
    expect(rmlo.y).toBeGreaterThan(rcc.y + rcc.height);
    expect(rmlo.x).toBe(rcc.x);
    // Ink on paper, by the contrast of the web's guidelines.
    const [ink, paper] = await ask<[string, string]>(
      page,
      "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]",
    );
    expect(contrast(ink, paper)).toBeGreaterThan(7);
    expect(luminance(paper) > 0.5).toBe(scheme === "light");
    const shots = process.env["MAMMO_SCREENSHOT"];
    if (shots) await page.screenshot({ path: join(shots, `scores-${width}-${scheme}.png`), fullPage: true });
    await page.close();
  });

  it("mirrors the right breast: what is as far from the chest wall lies at the same distance from the middle", async () => {
    const page = await open(1280);
    const box = async (view: string) => {
      const figure = page.locator(`#exam-1 figure:has(figcaption:text-is("${view}"))`);
      const [svg, rect] = [await figure.locator("svg").boundingBox(), await figure.locator(".lesion rect").first().boundingBox()];
      return { svg: svg!, rect: rect! };
    };
    const [right, left] = [await box("R-CC"), await box("L-CC")];
    const scaleOf = (view: string) => {
      const image = exam.report.images.find((one) => one.view === view)!;
      return (image.findings[0]!.box.left + image.findings[0]!.box.right) / 2;
    };
    const pixels = await ask<number>(page, "document.querySelector('#exam-1 svg').viewBox.baseVal.width");
    // From the wall to the middle of the box: at the right edge of a right breast, at the left edge of a left one.
    const fromWall = {
      right: right.svg.x + right.svg.width - (right.rect.x + right.rect.width / 2),
      left: left.rect.x + left.rect.width / 2 - left.svg.x,
    };
    const perPixel = left.svg.width / pixels;
    expect(Math.abs(fromWall.left - scaleOf("L-CC") * perPixel)).toBeLessThan(2);
    expect(Math.abs(fromWall.right - scaleOf("R-CC") * perPixel)).toBeLessThan(2);
    // The picture too: bright tissue lies at the wall, black at the nipple's side.
    const edges = await ask<readonly number[]>(page, edgesOf);
    expect(edges[1]!).toBeGreaterThan(edges[0]! + 20);
    expect(edges[2]!).toBeGreaterThan(edges[3]! + 20);
    await page.close();
  });

  it("hangs a prior beside its exam, as large, and leads from its boxes to its own section", async () => {
    const page = await open(1280);
    const heights = async (group: string) =>
      Promise.all((await page.locator(`#exam-4 ${group} svg`).all()).map(async (svg) => (await svg.boundingBox())!));
    const [now, then] = [await heights(".sides > :nth-child(1)"), await heights(".sides > :nth-child(2)")];
    expect([now.length, then.length]).toEqual([4, 4]);
    for (const [at, one] of now.entries()) {
      expect([then[at]!.y, then[at]!.width, then[at]!.height]).toEqual([one.y, one.width, one.height].map((value) => expect.closeTo(value, 0)));
      expect(then[at]!.x).toBeGreaterThan(one.x + 2 * one.width);
    }
    await page.getByRole("group", { name: "Prior exam", exact: true }).waitFor();
    await page.getByRole("heading", { name: "Prior: exam 3, 1.1 years before, 1 of 10" }).waitFor();
    await page.locator("#faint").check();
    const box = page.locator("#exam-4 svg .prior").first();
    expect(await box.getAttribute("aria-label")).toMatch(/^Prior exam: lesion [AB], mass, score 1 of 10 in [LR]-(CC|MLO)/);
    await box.focus();
    await page.keyboard.press("Enter");
    expect(page.url()).toMatch(/#exam-3-lesion-[12]$/);
    expect(await ask(page, "document.querySelector(':target').tagName")).toBe("TR");
    await page.close();
    const small = await open(390);
    const [first, second] = [await small.locator("#exam-4 .hang").nth(0).boundingBox(), await small.locator("#exam-4 .hang").nth(1).boundingBox()];
    expect(second!.y).toBeGreaterThan(first!.y + first!.height);
    await small.close();
  });

  it("shows no finding of score 1 unless it is asked to, and says that there are some", async () => {
    const page = await open(1280);
    const shown = () =>
      ask<number>(page, "[...document.querySelectorAll('#exam-3 .lesion')].filter((one) => one.getClientRects().length > 0).length");
    expect(await shown()).toBe(0);
    expect(await page.locator("#exam-3 .unless-faint").textContent()).toMatch(/^No finding above score 1; \d of score 1 are not shown\.$/);
    await page.locator("#faint").check();
    expect(await shown()).toBeGreaterThanOrEqual(4);
    expect(await page.locator("#exam-3 .unless-faint").isVisible()).toBe(false);
    await page.close();
  });

  it("has an empty, labeled place for a missing view", async () => {
    const page = await open(1280);
    const none = page.locator("#exam-2 .none");
    expect(await none.allInnerTexts()).toEqual([expect.stringMatching(/^L-CC\s+not in this exam$/)]);
    const [empty, beside] = [(await none.boundingBox())!, (await page.locator("#exam-2 .hang svg").first().boundingBox())!];
    expect(empty.x).toBeGreaterThanOrEqual(beside.x + beside.width);
    await page.close();
  });

  it("is used by the keyboard: map and boxes go off and on, every finding is reached, and the focus is seen", async () => {
    const page = await open(1280);
    await page.keyboard.press("Tab");
    expect(await ask(page, "document.activeElement.id")).toBe("map");
    expect(await opacityOf(page, ":focus-visible", "outlineStyle")).toBe("solid");
    expect(await opacityOf(page, ".map", "display")).toBe("inline");
    await page.keyboard.press("Space");
    expect(await opacityOf(page, ".map", "display")).toBe("none");
    await page.keyboard.press("Space");
    expect(await opacityOf(page, ".map", "display")).toBe("inline");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await opacityOf(page, "svg .lesion", "display")).toBe("none");
    await page.keyboard.press("Space");
    const all = await ask<string[]>(page, "[...document.querySelectorAll('svg a')].map(({ id }) => id)");
    const seen = new Set<string>();
    await page.locator("#faint").check();
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press("Tab");
      seen.add(await ask(page, "document.activeElement.id"));
    }
    expect(all.filter((id) => !seen.has(id))).toEqual([]);
    await page.close();
  });

  it("marks both boxes of a pair, and its row, where the keyboard or the pointer is on one; and no other lesion", async () => {
    const page = await open(1280);
    const number = exam.report.breasts[0]!.lesions.find(({ pairProbability }) => pairProbability !== undefined)!.number;
    const widths = () =>
      ask<string[]>(
        page,
        "[...document.querySelectorAll('#exam-1 svg .lesion')].map((one) => one.getAttribute('class').split(' ')[1] + ' ' + getComputedStyle(one.querySelector('rect')).strokeWidth)",
      );
    const marked = async () => (await widths()).filter((one) => one.endsWith(" 5px"));
    expect(await marked()).toEqual([]);
    const boxes = page.locator(`#exam-1 svg .l${number}`);
    expect(await boxes.count()).toBe(2);
    await boxes.nth(0).focus();
    expect(await marked()).toEqual([`l${number} 5px`, `l${number} 5px`]);
    await page.locator("#map").focus();
    await boxes.nth(1).locator("text").hover();
    expect(await marked()).toEqual([`l${number} 5px`, `l${number} 5px`]);
    await page.mouse.move(0, 0);
    expect(await marked()).toEqual([]);
    await page.locator(`#exam-1 tr.l${number}`).hover();
    expect(await marked()).toHaveLength(2);
    await page.mouse.move(0, 0);
    // Following a box leads to its row.
    await boxes.nth(0).focus();
    await page.keyboard.press("Enter");
    expect(page.url()).toMatch(new RegExp(`#exam-1-lesion-${number}$`));
    expect(await ask(page, "document.querySelector(':target').tagName")).toBe("TR");
    await page.close();
  });

  it("tells a screen reader what is there: language, landmarks, heads of the table, names of views and findings", async () => {
    const page = await open(1280);
    expect(await ask(page, "document.documentElement.lang")).toBe("en");
    await page.getByRole("region", { name: /^Exam 1: \d+ of 10$/ }).waitFor();
    const table = page.getByRole("table", { name: "Findings, the most suspicious first" }).first();
    expect(await table.getByRole("columnheader").allInnerTexts()).toEqual(["Lesion", "Score", "Kind", "Seen in", "Place"]);
    expect(await table.getByRole("rowheader").count()).toBe(exam.report.breasts.flatMap(({ lesions }) => lesions).length);
    await page.getByRole("group", { name: "Mammogram R-CC, mirrored as it is hung: 1 finding" }).first().waitFor();
    await page
      .getByRole("link", { name: /^Lesion A, mass, score 10 of 10 in L-CC, seen in both views$/ })
      .first()
      .waitFor();
    await page.getByRole("checkbox", { name: "Malignancy map" }).waitFor();
    await page.close();
  });

  it("has said nothing to the console and asked nothing of anybody", () => {
    expect(wrong).toEqual([]);
  });
});

/** Mean brightness of the pictures' left and right fifths over their middle rows: R-CC left, R-CC right, L-CC left, L-CC right. As drawn, mirroring included. */
const edgesOf = `(async () => {
  const fifths = [];
  for (const svg of [...document.querySelectorAll("#exam-1 svg")].slice(0, 2)) {
    const image = svg.querySelector("image");
    const picture = new Image();
    picture.src = image.getAttribute("href");
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (image.parentNode.getCTM().a < 0) context.setTransform(-1, 0, 0, 1, picture.width, 0);
    context.drawImage(picture, 0, 0);
    for (const from of [0, 0.8]) {
      const { data } = context.getImageData(from * picture.width, 0.1 * picture.height, 0.2 * picture.width, 0.8 * picture.height);
      let sum = 0;
      for (let i = 0; i < data.length; i += 4) sum += data[i];
      fifths.push((4 * sum) / data.length);
    }
  }
  return fifths;
})()`;

const channels = (color: string) => color.match(/\d+/g)!.slice(0, 3).map(Number);

function luminance(color: string): number {
  const [r, g, b] = channels(color).map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (a + 0.05) / (b + 0.05);
}
