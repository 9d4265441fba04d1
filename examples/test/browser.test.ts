import { selectBackend } from "@mammo/backend";
import { commandExists, expectClose } from "@mammo/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servePage } from "../browser/servePage.ts";
import { type Trial, trial } from "../browser/trial.ts";

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

  beforeAll(async () => {
    await selectBackend({ prefer: "wasm", threads: 2 });
    here = await trial();
    browser = await chromium.launch({ executablePath: await found(program), args: switches });
  });
  afterAll(async () => {
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

  it("looks at a synthetic view, and asks nothing of any other server", async () => {
    const { page } = await open("?backend=wasm&threads=2", { isolated: true });
    await page.click("#synthetic");
    expect(await answerOf(page, "answer")).toMatch(/^untrained, without meaning: probability 0\.\d{3}, not calibrated; \d+ ms$/);
    // The middle of the picture is tissue, not the black of an empty canvas.
    const grey = await page.evaluate(`document.getElementById("picture").getContext("2d").getImageData(60, 600, 1, 1).data[0]`);
    expect(grey).toBeGreaterThan(20);
    const picture = process.env["MAMMO_SCREENSHOT"];
    if (picture) await page.screenshot({ path: picture, fullPage: true });
    expect(asked).toEqual([]);
    await page.close();
  });
});

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
