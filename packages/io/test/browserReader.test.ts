import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { commandExists } from "@mammo/testing";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DicomError, readMammogram, TransferSyntax } from "../src/index.ts";
import { breastFiles } from "./breastFiles.ts";
import type { Read } from "./browserReader/page.ts";
import { servePage } from "./browserReader/servePage.ts";
import { corpus } from "./hostile/corpus.ts";

const switches =
  "--headless --no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(" ");
const program = process.env["MAMMO_CHROMIUM"] ?? "chromium";
const files = breastFiles();

it("there is a file of each transfer syntax", () => {
  expect([...files.keys()].sort()).toEqual(Object.values(TransferSyntax).sort());
});

describe.skipIf(!program.includes("/") && !commandExists(program))("in a worker of Chromium (needs chromium, or MAMMO_CHROMIUM)", () => {
  let context: BrowserContext;
  let page: Page;
  let profile: string;
  let served: Awaited<ReturnType<typeof servePage>>;
  const asked: string[] = [];

  beforeAll(async () => {
    served = await servePage();
    profile = await mkdtemp(join(tmpdir(), "mammo-profile-"));
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    const executablePath = program.includes("/") ? program : join(folders.find((folder) => commandExists(program, folder))!, program);
    context = await chromium.launchPersistentContext(profile, { executablePath, args: switches });
    page = await context.newPage();
    context.on("request", (request) => void asked.push(request.url()));
    await page.goto(served.url);
  });
  afterAll(async () => {
    await context?.close();
    await served?.close();
    await rm(profile, { recursive: true, force: true });
  });

  const readThere = (bytes: Uint8Array, milliseconds = 20_000): Promise<Read> =>
    page.evaluate(([base64, timeout]) => (globalThis as unknown as { read(file: string, timeout: number): Promise<Read> }).read(base64, timeout), [
      Buffer.from(bytes).toString("base64"),
      milliseconds,
    ] as const);

  it.each([...files])("%s is standardized to the bytes that Node gives", async (_syntax, bytes) => {
    const { pixels } = (await readMammogram(bytes)).image;
    expect(await readThere(bytes)).toEqual({ sha256: createHash("sha256").update(Buffer.from(pixels.buffer)).digest("hex") });
    expect(asked.filter((url) => !url.startsWith(served.url))).toEqual([]);
  });

  it("fetches WebAssembly for JPEG 2000 and HTJ2K only", async () => {
    const before = asked.length;
    await page.reload();
    await readThere(files.get(TransferSyntax.jpegLossless)!);
    expect(asked.slice(before).filter((url) => url.endsWith(".wasm"))).toEqual([]);
    await readThere(files.get(TransferSyntax.htj2kLossless)!);
    expect(asked.slice(before).filter((url) => url.endsWith(".wasm"))).toEqual([`${served.url}openjphjs.wasm`]);
  });

  it("refuses hostile files with Node's code and byte, and ends a worker that takes too long", async () => {
    for (const name of [
      "100,000 nested sequences",
      "a JPEG 2000 codestream with subsampling",
      "6000 x 8000 pixels in an empty JPEG 2000",
      "a length of 0x7ffffff0",
    ]) {
      const bytes = corpus[name]!();
      const { code, offset } = await readMammogram(bytes).then(
        () => expect.fail(name),
        (error: unknown) => error as DicomError,
      );
      expect(await readThere(bytes), name).toEqual({ code, offset });
    }
    const bytes = files.get(TransferSyntax.jpeg2000)!;
    expect(await readThere(bytes, 1)).toMatchObject({ code: "timeout" });
    expect(await readThere(bytes)).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});
