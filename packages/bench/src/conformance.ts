// npm run conformance -- --data DIR: decodes every DICOM file that DIR/EXPECTED_PIXELS.tsv names and compares the pixels with what DCMTK and GDCM make of them.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  codecs,
  DicomError,
  type DicomFile,
  decodeFrame,
  type ImagePixel,
  limitsDefaults,
  type PixelArray,
  parseDicom,
  readImagePixel,
  TransferSyntax,
} from "@mammo/io";
import { barLine, makeBar } from "./harnessBar.ts";

const help = `npm run conformance -- --data DIR [--verbose]
  --data     a folder with EXPECTED_PIXELS.tsv and the files that it names
  --verbose  every file, not only those that differ`;

const lossy: readonly string[] = [
  TransferSyntax.jpegBaseline,
  TransferSyntax.jpegExtended,
  TransferSyntax.jpegSpectralSelection,
  TransferSyntax.jpegFullProgression,
  TransferSyntax.jpegLsNearLossless,
  TransferSyntax.jpeg2000,
];

/** Files of which a reference gives pixels and we, on purpose, an error. */
const refusals: Readonly<Record<string, string>> = {
  "MR_truncated.dcm": "breaks off inside of its pixels; GDCM fills up with zeros",
  "meta_missing_tsyntax.dcm": "names no transfer syntax and holds no image, only 2 bytes in Pixel Data",
  "nested_priv_SQ.dcm": "holds no image, only 2 bytes in Pixel Data",
};

/** What came of one file. */
type Outcome = "exact" | "near" | "typed error" | "refused" | "decoded" | "different" | "untyped error";

interface Row {
  readonly path: string;
  readonly syntax: string;
  readonly oracle: string;
  readonly sha256: string;
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  readonly bitsAllocated: number;
  readonly isSigned: boolean;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

interface Result {
  readonly row: Row;
  readonly outcome: Outcome;
  readonly note: string;
  readonly milliseconds: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: "string" }, verbose: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  if (values.help) return void console.log(help);
  if (values.data === undefined) throw new Error("Expected --data DIR, a folder with EXPECTED_PIXELS.tsv");
  const root = resolve(values.data);
  const table = await readFile(join(root, "EXPECTED_PIXELS.tsv"), "utf8").catch(() => {
    throw new Error("Expected EXPECTED_PIXELS.tsv in the folder of --data");
  });
  const results: Result[] = [];
  for (const row of readRows(table)) results.push(await judge(root, row));

  const wanted = (oracle: string): readonly Result[] => results.filter(({ row }) => row.oracle === oracle);
  const outcomes: readonly Outcome[] = ["exact", "near", "decoded", "refused", "typed error", "different", "untyped error"];
  console.log(["reference".padEnd(18), "files".padStart(6), ...outcomes.map((name) => name.padStart(14))].join(""));
  for (const oracle of [...new Set(results.map(({ row }) => row.oracle))].sort()) {
    const of = wanted(oracle);
    console.log(
      [
        oracle.padEnd(18),
        String(of.length).padStart(6),
        ...outcomes.map((name) => String(of.filter(({ outcome }) => outcome === name).length).padStart(14)),
      ].join(""),
    );
  }
  console.log("");
  for (const { row, outcome, note, milliseconds } of results) {
    const isExpected = outcome === "exact" || outcome === "near" || (row.oracle === "none" && outcome !== "untyped error");
    if (values.verbose || !isExpected)
      console.log(`${outcome.padEnd(14)}${row.oracle.padEnd(18)}${row.path}  ${note}  ${milliseconds.toFixed(0)} ms`);
  }
  console.log("");

  const both = wanted("both-agree");
  const exactly = both.filter(({ row }) => !lossy.includes(row.syntax));
  const one = results.filter(({ row }) => row.oracle !== "both-agree" && row.oracle !== "none" && row.oracle !== "differ");
  const good = (of: readonly Result[]): number =>
    of.filter(({ outcome }) => outcome === "exact" || outcome === "near" || outcome === "refused").length;
  const bars = [
    { name: "conformance.both-agree.lossless.exact", value: exactly.filter(({ outcome }) => outcome === "exact").length, target: exactly.length },
    {
      name: "conformance.both-agree.lossy.near",
      value: good(both.filter(({ row }) => lossy.includes(row.syntax))),
      target: both.length - exactly.length,
    },
    { name: "conformance.one-reference", value: good(one), target: one.length },
    {
      name: "conformance.broken.typed",
      value: wanted("none").filter(({ outcome }) => outcome !== "untyped error").length,
      target: wanted("none").length,
    },
  ];
  for (const { name, value, target } of bars) console.log(barLine(makeBar(name, value, ">=", target)));
  console.log(barLine(makeBar("conformance.slowest-ms", Math.max(...results.map(({ milliseconds }) => milliseconds)), "<=", 10_000)));
}

function readRows(table: string): readonly Row[] {
  const [head = "", ...lines] = table.trimEnd().split("\n");
  const names = head.split("\t");
  return lines.map((line) => {
    const cells = line.split("\t");
    const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
    return {
      path: cell("path"),
      syntax: cell("transfer_syntax"),
      oracle: cell("oracle"),
      sha256: cell("sha256_le_pixels"),
      rows: Number(cell("rows")),
      columns: Number(cell("columns")),
      samples: Number(cell("samples")),
      bitsAllocated: Number(cell("bits_allocated")),
      isSigned: cell("pixel_rep") === "1",
      min: Number(cell("min")),
      max: Number(cell("max")),
      mean: Number(cell("mean")),
    };
  });
}

async function judge(root: string, row: Row): Promise<Result> {
  const start = performance.now();
  const result = (outcome: Outcome, note = ""): Result => ({ row, outcome, note, milliseconds: performance.now() - start });
  try {
    const bytes = await readFile(join(root, row.path));
    if (row.path.endsWith(".j2c")) return await judgeCodestream(row, bytes, result);
    const file = await parseDicom(bytes);
    const pixel = readImagePixel(file.dataSet, limitsDefaults);
    const frames: PixelArray[] = [];
    for (let frame = 0; frame < pixel.frames; frame++) frames.push(await decodeFrame(file, pixel, { frame }));
    if (row.oracle === "none") return result("decoded");
    if (representations(frames, pixel, file).some((one) => sha256(one) === row.sha256)) return result("exact");
    const { min, max, mean } = statistics(frames, pixel);
    const tolerance = pixel.bitsStored > 8 ? 2 : 1;
    const isNear = [min - row.min, max - row.max, mean - row.mean].every((difference) => Math.abs(difference) <= tolerance);
    const note = `min ${min} (${row.min}) max ${max} (${row.max}) mean ${mean.toFixed(4)} (${row.mean})`;
    return result(isNear && lossy.includes(row.syntax) ? "near" : "different", note);
  } catch (error) {
    const reason = refusals[basename(row.path)];
    if (error instanceof DicomError && reason) return result("refused", `${error.code}: ${reason}`);
    if (error instanceof DicomError) return result("typed error", `${error.code}: ${error.message}`);
    return result("untyped error", String(error));
  }
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A bare HTJ2K codestream: what a data set would say of it is in the table. */
async function judgeCodestream(row: Row, bytes: Uint8Array, result: (outcome: Outcome, note?: string) => Result): Promise<Result> {
  const samplesPerPixel = row.samples === 3 ? 3 : 1;
  const pixel: ImagePixel = {
    rows: row.rows,
    columns: row.columns,
    frames: 1,
    samplesPerPixel,
    photometricInterpretation: "MONOCHROME2",
    planarConfiguration: 0,
    bitsAllocated: row.bitsAllocated === 16 ? 16 : 8,
    bitsStored: row.bitsAllocated,
    highBit: row.bitsAllocated - 1,
    isSigned: row.isSigned,
  };
  const codec = codecs.find(({ transferSyntaxes }) => transferSyntaxes.includes(TransferSyntax.htj2kLossless))!;
  const cells = await codec.decode(bytes, pixel, TransferSyntax.htj2kLossless);
  const isExact = sha256(Buffer.from(cells.buffer, cells.byteOffset, cells.byteLength)) === row.sha256;
  return result(isExact ? "exact" : "different", JSON.stringify(statistics([cells], pixel)));
}

/** The ways in which the same cells may be laid out: by pixel, by plane, one bit packed; the references keep the padding behind native pixels. */
function representations(frames: readonly PixelArray[], pixel: ImagePixel, file: DicomFile): readonly Buffer[] {
  const bytes = (of: readonly PixelArray[]): Buffer =>
    Buffer.concat(of.map((cells) => Buffer.from(cells.buffer, cells.byteOffset, cells.byteLength)));
  const byPixel = bytes(frames);
  const found = [byPixel];
  if (pixel.samplesPerPixel === 3) found.push(bytes(frames.map((cells) => byPlane(cells))));
  if (pixel.bitsAllocated === 1 || pixel.bitsAllocated === 12) found.push(packBits(frames, pixel.bitsAllocated));
  const element = file.dataSet.elements.get(0x7fe00010);
  if (element && !element.fragments && element.length > byPixel.length)
    found.push(Buffer.concat([byPixel, file.dataSet.bytes.subarray(element.offset + byPixel.length, element.offset + element.length)]));
  // Readers pad to even length.
  return found.flatMap((one) => (one.length % 2 ? [one, Buffer.concat([one, Buffer.alloc(1)])] : [one]));
}

function byPlane(cells: PixelArray): PixelArray {
  const size = cells.length / 3;
  const planes = cells.slice();
  for (let sample = 0; sample < 3; sample++) for (let at = 0; at < size; at++) planes[sample * size + at] = cells[3 * at + sample]!;
  return planes;
}

function packBits(frames: readonly PixelArray[], size: number): Buffer {
  const total = frames.reduce((sum, frame) => sum + frame.length, 0);
  const packed = Buffer.alloc(Math.ceil((total * size) / 8));
  let at = 0;
  for (const frame of frames)
    for (let index = 0; index < frame.length; index++)
      for (let bit = 0; bit < size; bit++, at++) packed[at >> 3]! |= ((frame[index]! >> bit) & 1) << (at & 7);
  return packed;
}

function statistics(frames: readonly PixelArray[], pixel: ImagePixel): { readonly min: number; readonly max: number; readonly mean: number } {
  const shift = 32 - pixel.bitsStored;
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const frame of frames) {
    for (let at = 0; at < frame.length; at++) {
      const value = pixel.isSigned && pixel.bitsStored < 32 ? (frame[at]! << shift) >> shift : frame[at]!;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    count += frame.length;
  }
  return { min, max, mean: sum / count };
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
