import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { golden } from "@mammo/testing";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { expect, it } from "vitest";
import * as io from "../src/index.ts";
import { concat, mammogram } from "./writeDicom.ts";

const program = process.env["MAMMO_CHROMIUM"] ?? "/usr/bin/chromium";

/** Runs in Node and in the page: pictures of all kinds, and an exam from a DICOMweb server, as sums that differ as soon as a pixel does. */
async function work({ dicomWebClient, readExam, readRaster }: typeof io, url: string, pictures: readonly string[]): Promise<readonly number[]> {
  const sum = (cells: ArrayLike<number>): number => Array.from(cells).reduce((sum, cell, at) => (sum + cell * ((at % 1009) + 1)) % 1e9, 0);
  const sums: number[] = [];
  for (const picture of pictures) sums.push(sum((await readRaster(Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0)))).storedValues));
  const exam = await readExam(dicomWebClient({ url }).retrieve({ study: "1.2.3" }));
  return [...sums, exam.leftOut.length, ...exam.images.map(({ pixels }) => sum(pixels))];
}

it.skipIf(!existsSync(program))("reads pictures and a DICOMweb exam in a browser as in Node (needs Chromium, see MAMMO_CHROMIUM)", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
    bundle: true,
    conditions: ["@mammo/source"],
    format: "iife",
    globalName: "io",
    write: false,
    target: "es2022",
    external: ["@cornerstonejs/*"],
  });
  const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
  const exam = ["CC", "CCID", "MLO"].flatMap((view, at) => [
    letters("\r\n--edge\r\ncontent-type: application/dicom\r\n\r\n"),
    mammogram({ view, extra: [[0x00080018, "UI", `1.2.3.4.${at}`]] }),
  ]);
  const body = concat(...exam, letters("\r\n--edge--"));
  const server = createServer((request, response) => {
    if (request.url === "/studies/1.2.3") response.setHeader("content-type", "multipart/related; boundary=edge").end(body);
    else response.setHeader("content-type", "text/html").end("<title>io</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { cases } = golden<{ readonly cases: Readonly<Record<string, string>> }>("rasters", import.meta.url);
  const pictures = Object.entries(cases).flatMap(([name, picture]) => (/16 bits|smooth/.test(name) ? [picture] : []));
  const browser = await chromium.launch({
    executablePath: program,
    args: "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
      " ",
    ),
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const there = await page.evaluate(`(${work})(io, ${JSON.stringify(url)}, ${JSON.stringify(pictures)})`);
    const here = await work(io, url, pictures);
    expect(here.length).toBeGreaterThan(30);
    expect(here.at(-3)).toBe(1); // The whole view gave way to the one with the implant displaced.
    expect(there).toEqual(here);
  } finally {
    await browser.close();
    server.close();
  }
});
