import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { commandExists } from "@mammo/testing";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./run.ts";

const switches =
  "--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");
const program = process.env["MAMMO_CHROMIUM"] ?? "chromium";

describe.skipIf(!program.includes("/") && !commandExists(program))("the pages of evaluate in Chromium (needs chromium, or MAMMO_CHROMIUM)", () => {
  const folder = mkdtempSync(join(tmpdir(), "mammo-pages-"));
  let browser: Browser;

  beforeAll(async () => {
    const names = ["a model of a long name, fine-tuned", "another_model_without_any_blank_in_its_name", "m3", "logits"];
    const cases = Array.from({ length: 120 }, (_, i) => {
      const scores = names.map((_, k) => ((i * (7 + 4 * k)) % 41) / 41 - (k === 3 ? 0.5 : 0));
      return [`w${i >> 1}`, "LR"[i % 2], i % 5 === 0 ? 1 : 0, ["<40", "40-49", "50-59"][(i >> 1) % 3], ...scores, (i * 5) % 7, (i * 3) % 11];
    });
    const save = (name: string, rows: readonly (readonly (string | number | undefined)[])[]) => {
      writeFileSync(join(folder, name), rows.map((row) => row.join(";")).join("\n"));
      return join(folder, name);
    };
    const scores = save("scores.csv", [["subjectId", "side", "cancer", "age at exam", ...names, "R1", "R2"], ...cases]);
    const asked = [
      "--score",
      names.join("|").replaceAll(",", "*").replaceAll("|", ","),
      "--readers",
      "R*",
      "--groups",
      "age at exam",
      "--resamples",
      "50",
    ];
    const study = ["film", "digital"].flatMap((using, i) =>
      ["r1", "r2", "r10"].flatMap((reader, j) =>
        cases.map((_, k) => [reader, using, k, k % 4 === 0 ? 1 : 0, ((k * 7 + i * 3 + j * 5) % 11) + (k % 4 === 0 ? 2 + i : 0)]),
      ),
    );
    const ratings = save("study.csv", [["reader", "treatment", "case", "truth", "rating"], ...study]);
    for (const args of [
      [scores, ...asked, "--out", join(folder, "scores")],
      [ratings, "--mrmc", "--out", join(folder, "study")],
    ])
      expect(await run("evaluate", args)).toMatchObject({ status: 0 });
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    const executablePath = program.includes("/") ? program : join(folders.find((one) => commandExists(program, one))!, program);
    browser = await chromium.launch({ executablePath, args: switches });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(
    ["scores", "study"].flatMap((name) =>
      [1280, 920, 820, 390].flatMap((width) => (["light", "dark"] as const).map((scheme) => [name, width, scheme] as const)),
    ),
  )("%s at %i px, %s: nothing is wider than the window, no key lies on a curve", async (name, width, scheme) => {
    const wrong: string[] = [];
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    page.on("console", (message) => void wrong.push(message.text()));
    await page.goto(pathToFileURL(join(folder, name, "evaluation.html")).href);
    const ask = <T>(code: string): Promise<T> => page.evaluate(code) as Promise<T>;
    expect(await ask("document.documentElement.scrollWidth")).toBe(width);
    // No part is cut off or scrolls by itself either.
    expect(
      await ask(
        "[...document.querySelectorAll('table, td, figure, svg')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).map((one) => one.outerHTML.slice(0, 80))",
      ),
    ).toEqual([]);
    // Lines of a key are short and level: their words stand below every curve of their picture.
    const overlaps = await ask<number>(`[...document.querySelectorAll("svg")].reduce((count, svg) => {
      const keys = [...svg.querySelectorAll("path.line")].filter((path) => /h24$/.test(path.getAttribute("d"))).concat([...svg.querySelectorAll('rect.bar[width="24"][height="11"]')]);
      const curves = [...svg.querySelectorAll("path.line, path.thin, rect.bar")].filter((path) => !keys.includes(path)).map((path) => path.getBoundingClientRect().bottom);
      return count + keys.filter((key) => key.nextElementSibling.getBoundingClientRect().top < Math.max(...curves)).length;
    }, 0)`);
    expect(overlaps).toBe(0);
    expect(wrong).toEqual([]);
    const shots = process.env["MAMMO_SCREENSHOT"];
    if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${scheme}.png`), fullPage: true });
    await page.close();
  });
});
