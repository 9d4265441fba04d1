import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { TransferSyntax } from "@mammo/io";
import { type Device, devices, encodeDicom, renderView } from "@mammo/phantom";
import { commandExists, expectClose } from "@mammo/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { breastFiles } from "../../packages/io/test/breastFiles.ts";
import { servePage } from "../browser/servePage.ts";
import { type Trial, trial } from "../browser/trial.ts";
import { run } from "./run.ts";
import { saveUntrained } from "./untrainedBundle.ts";

const switches = [
  ..."--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" "),
  // Where there is no GPU, WebGPU runs on Chromium's own software adapter.
  ..."--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader".split(" "),
];
const program = process.env["MAMMO_CHROMIUM"] ?? "chromium";

describe.skipIf(!program.includes("/") && !commandExists(program))("the page in Chromium (needs chromium, or MAMMO_CHROMIUM)", () => {
  let browser: Browser;
  let here: Trial;
  const served: { close(): Promise<void> }[] = [];
  const asked: string[] = [];
  let folder = "";
  const at = (...names: readonly string[]) => join(folder, ...names);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mammo-browser-"));
    await selectBackend({ prefer: "wasm", threads: 2 });
    here = await trial();
    browser = await chromium.launch({ executablePath: await found(program), args: switches });
    const device: Device = { ...devices.aldebaranFull, rows: 300, columns: 200, mmPerPixel: 1 };
    await mkdir(at("exam", "inner"), { recursive: true });
    for (const [index, [laterality, view]] of (
      [
        ["L", "CC"],
        ["L", "MLO"],
        ["R", "CC"],
        ["R", "MLO"],
      ] as const
    ).entries()) {
      const image = renderView({ seed: 5, woman: 1, exam: 1, image: index + 1, laterality, view, device, lesions: [] });
      await writeFile(at("exam", index < 2 ? "inner" : ".", `${laterality}${view}.dcm`), encodeDicom(image));
    }
    await writeFile(at("exam", "notes.txt"), "no DICOM");
    for (const [name, syntax] of [
      ["jpeg2000", TransferSyntax.jpeg2000],
      ["htj2k", TransferSyntax.htj2kLossless],
    ] as const)
      await writeFile(at(`${name}.dcm`), breastFiles().get(syntax)!);
    await saveUntrained(at("bundle"), { slope: 1, intercept: 0 });
    await saveUntrained(at("other"), { slope: 1, intercept: 3 });
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await browser?.close();
    await Promise.all(served.map(({ close }) => close()));
  });

  async function open(query: string, { isolated }: { isolated: boolean }): Promise<{ page: Page; status: string }> {
    const { url, close } = await servePage({ port: 0, isolated });
    served.push({ close });
    const page = await browser.newPage();
    page.on("request", (request) => void (request.url().startsWith(url) || /^(blob|data):/.test(request.url()) || asked.push(request.url())));
    await page.goto(`${url}${query}`);
    return { page, status: await answerOf(page, "status") };
  }

  const cases = [
    { query: "?backend=wasm&threads=1", isolated: false, starts: /^wasm \(.*\), 1 thread, (relaxed-simd|simd128)$/ },
    { query: "?backend=wasm&threads=2", isolated: false, starts: /^wasm \(.*\), 1 thread, (relaxed-simd|simd128)$/ },
    { query: "?backend=wasm&threads=2", isolated: true, starts: /^wasm \(.*\), 2 threads, (relaxed-simd|simd128)$/ },
  ];
  it.each(cases)("$query, isolated $isolated: forward pass and training steps give Node's numbers", async ({ query, isolated, starts }) => {
    const { page, status } = await open(query, { isolated });
    expect(status).toMatch(starts);
    await expectTrial(page, here);
    await page.close();
  });

  it("webgpu, where Chromium offers an adapter: the same", async ({ skip }) => {
    const { page, status } = await open("?backend=webgpu&software", { isolated: false });
    if (status.startsWith("unavailable")) skip(status);
    expect(status).toMatch(/^webgpu/);
    await expectTrial(page, here);
    await page.close();
    // A software GPU compiles some sixty programs on the processor first.
  }, 240_000);

  it("says in the page why a backend is refused", async () => {
    expect((await open("?backend=tensorflow", { isolated: false })).status).toMatch(/^unavailable: .*needs Node/);
  });

  it("scores a whole exam as npm run score does: the same report, and the same page", { timeout: 180_000 }, async () => {
    const { page } = await open("?backend=wasm&threads=2", { isolated: true });
    await page.setInputFiles("#bundle", at("bundle"));
    expect(await answerOf(page, "answer")).toBe("weights loaded, trained on “nothing”");
    await page.setInputFiles("#folder", at("exam"));
    expect(await answerOf(page, "answer")).toMatch(/^score \d+ of 10; 4 views in \d+ ms; left out: 1 file, no DICOM file$/);
    const there = JSON.parse(await saved(page, "#saveJson"));
    const page_ = await saved(page, "#savePage");
    expect(await run("score", [at("exam"), "--weights", at("bundle"), "--out", at("node.json"), "--html", at("node.html")])).toMatchObject({
      status: 0,
    });
    const here = JSON.parse(await readFile(at("node.json"), "utf8"));
    // As text but for numbers, which another engine rounds otherwise.
    const [mine, nodes] = [there, here].map(({ exams, unreadable, leftOut, weights, notice }) => ({ exams, unreadable, leftOut, weights, notice }));
    expect(textOf(mine)).toEqual(textOf(nodes));
    const [[ours, theirs]] = [[mine, nodes].map(numbersOf)] as [[number[], number[]]];
    expect(ours.length).toBeGreaterThan(20);
    expectClose(ours, theirs, { absolute: 1e-3, relative: 1e-3 });
    // The page: the same words, but for where it was computed.
    const words = (html: string) =>
      html
        .slice(0, html.indexOf("<dt>Scored with"))
        .replace(/data:image\/png;base64,[^"]*/g, "")
        .replace(/[\d.]+/g, "0");
    // Not compared by expect: thousands of rectangles would be printed.
    expect(words(page_) === words(await readFile(at("node.html"), "utf8"))).toBe(true);
    expect(await page.frameLocator("#report").locator("h2").first().textContent()).toBe(`Exam 1: ${there.exams[0].score} of 10`);
    // Styles and pictures of the report stand in the frame, under the page's policy.
    const grey = await page
      .frameLocator("#report")
      .locator(".hang")
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
    expect(grey).toBe("rgb(0, 0, 0)");
    expect(asked).toEqual([]);

    // Other weights: what has been read is scored again.
    await page.setInputFiles("#bundle", at("other"));
    expect(await answerOf(page, "answer")).toMatch(/^score \d+ of 10; 4 views/);
    const again = JSON.parse(await saved(page, "#saveJson"));
    expect(again.exams[0].probability).toBeGreaterThan(there.exams[0].probability);
    await page.close();
  });

  it("reads JPEG 2000 and HTJ2K", { timeout: 120_000 }, async () => {
    const { page } = await open("?backend=wasm&threads=2", { isolated: true });
    for (const name of ["jpeg2000.dcm", "htj2k.dcm"]) {
      await page.setInputFiles("#files", at(name));
      expect(await answerOf(page, "answer")).toMatch(/^untrained, without meaning: score \d+ of 10; 1 views in \d+ ms$/);
    }
    await page.close();
  });

  it("takes folders that are dropped, an exam and its weights together", { timeout: 120_000 }, async () => {
    const { page } = await open("?backend=wasm&threads=2", { isolated: true });
    const client = await page.context().newCDPSession(page);
    const data = { items: [], files: [at("exam"), at("bundle")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) await client.send("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
    expect(await answerOf(page, "answer")).toMatch(/^score \d+ of 10; 4 views in \d+ ms; left out: 1 file, no DICOM file$/);
    await page.close();
  });

  it("is clear after an error: no report stays, and the next exam is scored", { timeout: 120_000 }, async () => {
    const { page } = await open("?backend=wasm&threads=2", { isolated: true });
    await page.setInputFiles("#files", at("jpeg2000.dcm"));
    await answerOf(page, "answer");
    expect(await page.isVisible("#report")).toBe(true);
    const whole = await readFile(at("jpeg2000.dcm"));
    await writeFile(at("cut.dcm"), whole.subarray(0, whole.length / 2));
    await page.setInputFiles("#files", at("cut.dcm"));
    expect(await answerOf(page, "answer")).toMatch(/^truncated: .*byte 440/);
    expect(await page.getAttribute("#answer", "data-state")).toBe("failed");
    expect([await page.isVisible("#report"), await page.isVisible("#progress")]).toEqual([false, false]);
    await page.setInputFiles("#weights", at("jpeg2000.dcm"));
    expect(await answerOf(page, "answer")).toMatch(/^Expected bundle.json among the files of the weights/);
    // A broken file beside whole ones: they are scored, and the page says so.
    await page.setInputFiles("#files", [at("htj2k.dcm"), at("cut.dcm")]);
    expect(await answerOf(page, "answer")).toMatch(/; 1 could not be read$/);
    expect(await page.frameLocator("#report").locator("body").textContent()).toContain("Not read");
    await page.click("#clear");
    expect([await answerOf(page, "answer"), await page.isVisible("#report")]).toEqual(["cleared", false]);
    await page.close();
  });

  it("is used by keyboard alone, and shows how far it is", { timeout: 120_000 }, async () => {
    const { page } = await open("?backend=wasm&threads=2", { isolated: true });
    await page.evaluate(
      `globalThis.told = []; new MutationObserver(() => told.push(document.getElementById("answer").textContent)).observe(document.getElementById("answer"), { childList: true })`,
    );
    const reached: string[] = [];
    for (let press = 0; press < 7; press++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(`document.activeElement.id`));
      if (reached.at(-1) === "synthetic") await page.keyboard.press("Enter");
    }
    expect(reached).toEqual(["files", "folder", "bundle", "weights", "synthetic", "clear", "trial"]);
    expect(await answerOf(page, "answer")).toMatch(/^untrained, without meaning: score \d+ of 10; \d views/);
    const told = await page.evaluate<string[]>(`told`);
    for (const step of [/^making a synthetic exam 1 of /, /^reading 2 of /, /^scoring 1 of 1/])
      expect(
        told.some((text) => step.test(text)),
        String(step),
      ).toBe(true);
    const picture = process.env["MAMMO_SCREENSHOT"];
    for (const width of [1280, 390])
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.waitForTimeout(300);
        // Nothing is wider than the window.
        const wide = `[document.documentElement, document.getElementById("report").contentDocument.documentElement].map((root) => root.scrollWidth - root.clientWidth)`;
        expect((await page.evaluate<number[]>(wide))[0]).toBeLessThanOrEqual(0);
        // The report stands whole in its frame, without a scroll bar of its own.
        const cut = `(() => { const root = document.getElementById("report").contentDocument.documentElement; return root.scrollHeight - root.clientHeight; })()`;
        expect(await page.evaluate<number>(cut)).toBe(0);
        if (picture) await page.screenshot({ path: picture.replace(/(\.\w+)?$/, `-${width}-${colorScheme}.png`), fullPage: true });
      }
    expect(asked).toEqual([]);
    await page.close();
  });
});

/** What a button saves. */
async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return readFile(await download.path(), "utf8");
}

/** A value without its numbers, and its numbers in their order. */
const textOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, one) => (typeof one === "number" ? 0 : one)));
function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

/** The text of an output once its work is over. */
async function answerOf(page: Page, id: string): Promise<string> {
  const output = page.locator(`#${id}:not([data-state=busy])[data-state]`);
  await output.waitFor({ state: "attached", timeout: 200_000 });
  return (await output.textContent()) ?? "";
}

async function expectTrial(page: Page, expected: Trial): Promise<void> {
  await page.click("#trial");
  const came = JSON.parse(await answerOf(page, "trialResult")) as Trial;
  // float32 in another order of sums, through fifteen layers and two steps.
  const tolerance = 1e-4;
  // Else a page that does not train would pass.
  expect(came.losses[0]! - came.losses[1]!).toBeGreaterThan(1000 * tolerance);
  for (const part of ["before", "losses", "after"] as const) expectClose(came[part], expected[part], { absolute: tolerance, relative: tolerance });
  expect(came.leaked).toBe(0);
}

async function found(name: string): Promise<string> {
  if (name.includes("/")) return name;
  const { execFileSync } = await import("node:child_process");
  return execFileSync("which", [name], { encoding: "utf8" }).trim();
}
