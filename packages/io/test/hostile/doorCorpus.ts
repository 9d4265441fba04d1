import { deflateRawSync } from "node:zlib";
import { standardizationVersion } from "../../src/index.ts";
import { concat, type Element, integers, mammogram, part10 } from "../writeDicom.ts";
import { compressed, jpeg2000Of } from "./codestreams.ts";
import { corpus } from "./corpus.ts";
import type { Door } from "./doors.ts";
import { crashParquet, hangParquet } from "./parquetFiles.ts";
import { rasterCorpus } from "./rasterCorpus.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);
const extra = (...elements: readonly Element[]) => mammogram({ extra: elements });
const safetensors = (header: string): Uint8Array => concat(integers([header.length, 0], 4), letters(header));
const checkpoint = (state: string): Uint8Array => safetensors(JSON.stringify({ __metadata__: { format: "mammo-checkpoint-1", state } }));
const provenance = { versions: {}, node: "", backend: "", seed: 1, inputs: {} };
/** A good bundle.json but for the changes. */
export const bundle = (change: object = {}, options: object = {}): Uint8Array => {
  const net = { classes: ["background", "malignant"], width: 0.125, seed: 1, rows: 1200, columns: 800, heatmap: "relu", ...options };
  return letters(
    JSON.stringify({
      schema: "mammo-bundle-1",
      members: [{ name: "dreamNet", family: "dreamNet", options: net, seed: 1, weightsSha256: "0".repeat(64) }],
      calibrator: { kind: "platt", slope: 1, intercept: 0 },
      scale: { name: "by hand", cuts: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] },
      ...{ trainedOn: "nothing", standardization: standardizationVersion, provenance, ...change },
    }),
  );
};
const row = (change: object): Uint8Array =>
  letters(
    JSON.stringify({
      ...{ image: 0, id: "a", woman: "w", exam: "w/1", laterality: "L", view: "CC", rows: 10, columns: 10, shard: "shard-000000.tar" },
      ...{ offset: 512, length: 100, sidecar_offset: 0, sidecar_length: 100, sha256: "0".repeat(64), source_sha256: "0".repeat(64) },
      ...change,
    }),
  );

/** A mammogram, deflated, with one element more, called UN: by the dictionary it is what it is. */
function deflatedElement(tag: number, value: Uint8Array): Uint8Array {
  const bytes = extra([tag, "UN", value]);
  const start = 148 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(144, true);
  return part10("1.2.840.10008.1.2.1.99", deflateRawSync(bytes.subarray(start)));
}

/** A codestream of one marker again and again. */
function jpegFragment(marker: Uint8Array, times: number, start = 0xd8): Uint8Array {
  const bytes = new Uint8Array(marker.length * times).map((_, at) => marker[at % marker.length]!);
  return compressed("1.2.840.10008.1.2.4.70", [concat(Uint8Array.of(0xff, start), bytes)]);
}

/** The heads of a table, and others up to so many. */
const heads = (names: string, count: number): string => Array.from({ length: count }, (_, k) => names.split(" ")[k] ?? k).join("\t");
const exams = (count: number, rest = ""): string => Array.from({ length: count }, (_, k) => `w${k}\t1\t0\t1${rest}\n`).join("");

/** One hostile file: by which door it comes, and whether it may be read. */
export interface HostileFile {
  readonly name: string;
  readonly door: Door;
  readonly make: () => Uint8Array;
  readonly mayBeRead?: boolean;
}

const of = (door: Door, files: Readonly<Record<string, () => Uint8Array>>, mayBeRead = false): readonly HostileFile[] =>
  Object.entries(files).map(([name, make]) => ({ name, door, make, mayBeRead }));

/** Texts that patterns with two ways to match take minutes over, in elements of every kind. */
const longTexts = {
  "text elements of 65,530 blanks": () =>
    extra(...[0x00081030, 0x0008103e, 0x00180015].map((tag): Element => [tag, "LO", `${" ".repeat(65_530)}x`]), [
      0x00204000,
      "UT",
      `${" ".repeat(80_000)}x`,
    ]),
  "a decimal of 60,000 digits": () => extra([0x00181114, "UT", `${"1".repeat(60_000)}x`] as Element, [0x00180060, "UT", `${"1".repeat(60_000)}x`]),
} as const;

/** Every door but DICOM's own corpus: one file each that once took seconds, gigabytes or the process. */
export const hostileFiles: readonly HostileFile[] = [
  ...of("dicom", corpus).map((file) => (file.name === "UIDs with path parts" ? { ...file, mayBeRead: true } : file)),
  ...of("dicom", longTexts, true),
  ...of("deidentify", longTexts, true),
  ...of("deidentify", {
    "200,000 UIDs": () => extra([0x00081155, "UT", Array.from({ length: 200_000 }, (_, index) => `1.2.${index}`).join("\\")]),
    "48 MiB of backslashes as a UID, in 49 KB": () => deflatedElement(0x0028_1199, new Uint8Array(48 << 20).fill(0x5c)),
    "48 MiB of backslashes as a decimal, in 49 KB": () => deflatedElement(0x0018_1114, new Uint8Array(48 << 20).fill(0x5c)),
    ...Object.fromEntries(
      [0x0018_1400, 0x0018_1405, 0x0010_0020].map((tag) => [
        `16 MiB of backslashes as ${tag.toString(16)}`,
        () => mammogram({ syntax: "1.2.840.10008.1.2", extra: [[tag, "UN", new Uint8Array(16 << 20).fill(0x5c)]] }),
      ]),
    ),
  }),
  ...of(
    "deidentify",
    {
      "a table of 24 MiB that begins with text, in 25 KB": () =>
        deflatedElement(0x0028_3006, concat(letters("JaneJaneJane"), new Uint8Array(24 << 20))),
      "a JPEG of 16 million restart markers": () => jpegFragment(Uint8Array.of(0xff, 0xd0), 1 << 24),
      "a JPEG of 4 million comments": () => jpegFragment(Uint8Array.of(0xff, 0xfe, 0, 2), 1 << 22),
      "a JPEG 2000 codestream of 4 million markers": () => jpegFragment(Uint8Array.of(0xff, 0x64, 0, 2), 1 << 22, 0x4f),
      "a JPEG 2000 codestream of 65,535 layers of nothing": () => {
        const head = jpeg2000Of({ rows: 240, columns: 160 }).subarray(0, -68);
        head.set([0xff, 0xff], Buffer.from(head).indexOf(Uint8Array.of(0xff, 0x52)) + 6);
        head.set([0, 0, 0, 0], Buffer.from(head).indexOf(Uint8Array.of(0xff, 0x90)) + 6);
        return compressed("1.2.840.10008.1.2.4.90", [concat(head, Uint8Array.of(0xff, 0x93), new Uint8Array(16 << 20), Uint8Array.of(0xff, 0xd9))]);
      },
      "131,072 values of text": () => extra([0x0018_1405, "UT", "1.5\\".repeat(131_000)]),
    },
    true,
  ),
  ...of("raster", rasterCorpus),
  ...of("tsv", {
    "a table of 4,000 columns and 40,000 short rows": () =>
      letters(`${Array.from({ length: 4000 }, (_, k) => k).join("\t")}\n${"1\n".repeat(40_000)}`),
    "a table of 80,000 columns": () => letters(`${Array.from({ length: 80_000 }, (_, k) => k).join("\t")}\n1\n`),
    "a cell of 17 MiB": () => letters(`a\n${"x".repeat(17 << 20)}\n`),
  }),
  ...of("csv", {
    "16 MiB of commas": () => new Uint8Array(16 << 20).fill(0x2c),
    "16 MiB of quotes": () => new Uint8Array(16 << 20).fill(0x22),
    "a quote that never closes": () => letters(`a,b\n"${"x\n".repeat(1 << 20)}`),
  }),
  ...of("json", {
    "16 MiB of objects": () => letters(`[${"{},".repeat(5_500_000)}{}]`),
    "a million lists inside each other": () => letters("[".repeat(1 << 20)),
    "16 MiB that are no JSON": () => new Uint8Array(16 << 20).fill(0x20),
  }),
  ...of("parquet", {
    "a Parquet file whose columns fail one after the other": crashParquet,
    "a Parquet file that is never done": hangParquet,
    "a Parquet file of zeros": () => new Uint8Array(1 << 20),
  }),
  ...of("safetensors", {
    "a name of 15 MB": () => safetensors(`{"${"a".repeat(15_000_000)}":{"dtype":"F32","shape":"x"}}`),
    "a shape nested 20,000 deep": () => safetensors(`{"a":{"dtype":"F32","shape":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`),
    "a dtype nested 20,000 deep": () => safetensors(`{"a":{"dtype":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`),
    "a header of 2^53 bytes": () => concat(integers([0, 0x200000], 4), new Uint8Array(64)),
    "16 MB of lists inside each other": () => safetensors("[".repeat(1 << 24)),
    "16 MB of objects": () => safetensors(`[${"{},".repeat(5_500_000)}{}]`),
    "16 MB of lists": () => safetensors(`{"a":[${"[],".repeat(5_500_000)}[]]}`),
    "16 MB of keys": () => safetensors(`{${Array.from({ length: 1_400_000 }, (_, k) => `"${k}":0`).join()}}`),
    "half a million keys": () => safetensors(`{${Array.from({ length: 520_000 }, (_, k) => `"${k}":0`).join()}}`),
    "16 MB of numbers": () => safetensors(`{"a":[${"1,".repeat(8_300_000)}1]}`),
    "16 MB of texts": () => safetensors(`{"a":[${'"ab",'.repeat(3_300_000)}1]}`),
    "a header of one open text": () => safetensors(`{"${"a".repeat(15_000_000)}`),
    "300,000 empty arrays": () =>
      safetensors(`{${Array.from({ length: 300_000 }, (_, k) => `"${k}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`).join()}}`),
    "a shape of 2^60 numbers": () => safetensors('{"a":{"dtype":"F32","shape":[1073741824,1073741824],"data_offsets":[0,0]}}'),
  }),
  ...of("checkpoint", {
    "a state nested 20,000 deep": () => checkpoint(`${"[".repeat(20_000)}${"]".repeat(20_000)}`),
    "a state of 12 MB of notes": () => checkpoint(`{"stage":"S","step":0,"ema":false,"notes":{${'"a":1,'.repeat(2_000_000)}"b":1}}`),
    "a state of 15 MB of objects": () => checkpoint(`[${"{},".repeat(5_000_000)}{}]`),
    "notes by the name of a prototype": () => checkpoint('{"stage":"S","step":0,"ema":false,"__proto__":{"notes":{}}}'),
    "half a step": () => checkpoint('{"stage":"S","step":0.5,"ema":false,"notes":{}}'),
  }),
  ...of("bundle", {
    "a million members": () => bundle({ members: new Array(1_000_000).fill(0) }),
    "a member of 6000 x 9000 pixels": () => bundle({}, { rows: 6000, columns: 9000 }),
    "a million classes": () => bundle({}, { classes: new Array(1_000_000).fill("a") }),
    "a calibrator of 250,000 steps that falls at its end": () =>
      bundle({
        calibrator: { kind: "isotonic", scores: Array.from({ length: 250_000 }, (_, k) => k), probabilities: [...new Array(249_999).fill(1), 0] },
      }),
    "a temperature of -1": () => bundle({ calibrator: { kind: "temperature", temperature: -1 } }),
    "a family by the name of a prototype's function": () => bundle({ members: [{ name: "a", family: "constructor" }] }),
    "a provenance of 500,000 inputs": () =>
      bundle({ provenance: { ...provenance, inputs: Object.fromEntries(Array.from({ length: 500_000 }, (_, k) => [k, ""])) } }),
    "a cohort's name of 10 MB": () => bundle({ trainedOn: "x".repeat(10_000_000) }),
  }),
  ...of("overlay", {
    "an outline of 8 million codes": () =>
      letters(
        `TOTAL_ABNORMALITIES 1\nABNORMALITY 1\nLESION_TYPE MASS SHAPE X\nASSESSMENT 4\nSUBTLETY 3\nPATHOLOGY MALIGNANT\nTOTAL_OUTLINES 1\nBOUNDARY\n10 10${" 2 6".repeat(2_000_000)} 9 #\n`,
      ),
  }),
  ...of("overlay", {
    "4 MiB of line ends": () => new Uint8Array(4 << 20).fill(0x0a),
    "64 MiB of line ends": () => new Uint8Array(64 << 20).fill(0x0a),
  }),
  ...of("ics", { "64 MiB of line ends": () => new Uint8Array(64 << 20).fill(0x0a) }),
  ...of("dream", {
    "4,096 heads over 4,095 rows of one letter": () =>
      letters(`${heads("subjectId examIndex imageIndex view laterality filename", 4096)}\n${"1\n".repeat(4095)}`),
    "4,096 heads over 511 rows of one letter": () =>
      letters(`${heads("subjectId examIndex imageIndex view laterality filename", 4096)}\n${"1\n".repeat(511)}`),
  }),
  ...of("dreamExams", {
    "4,096 heads over 4,096 exams": () => letters(`${heads("subjectId examIndex cancerL cancerR", 4096)}\n${exams(4096)}`),
    "4,096 heads over 2,048 exams with a cell for each": () =>
      letters(`${heads("subjectId examIndex cancerL cancerR", 4096)}\n${exams(2048, "\t".repeat(4092))}`),
  }),
  ...of("dreamExams", { "4,096 heads over 511 exams": () => letters(`${heads("subjectId examIndex cancerL cancerR", 4096)}\n${exams(511)}`) }, true),
  ...of("ddsm", { "a case of 130 MiB of line ends": () => new Uint8Array(130 << 20).fill(0x0a) }),
  ...of("mias", { "an Info.txt of 130 MiB of line ends": () => new Uint8Array(130 << 20).fill(0x0a) }),
  ...of("mias", { "a line of 2,000 blanks": () => letters(`mdb001 G CIRC B${" ".repeat(200_000)}\u2028\n`) }),
  ...of("plist", {
    "20,000 arrays inside each other": () => letters("<array>".repeat(20_000)),
    "14 MiB of line ends and a beginning": () => letters(`${"\n".repeat(14 << 20)}<`),
    "64 MiB of line ends and a beginning": () => letters(`${"\n".repeat(64 << 20)}<`),
    "16 MiB of dictionaries": () => letters(`<array>${"<dict/>".repeat(2_390_000)}</array>`),
    "16 MiB of keys": () => letters(`<dict>${Array.from({ length: 560_000 }, (_, k) => `<key>${k}</key><true/>`).join("")}</dict>`),
    "16 MiB of lists": () => letters(`<array>${"<array/>".repeat(2_090_000)}</array>`),
    "a megabyte of beginnings": () => letters("<?".repeat(1 << 19)),
  }),
  ...of("dicomWebJson", {
    "32 MiB of empty objects": () => letters(`[${"{},".repeat(10_000_000)}{}]`),
    "a body of 64 MiB": () => new Uint8Array(64 << 20).fill(0x20),
  }),
  ...of("dicomWebParts", {
    "16 MiB without a boundary": () => new Uint8Array(16 << 20).fill(0x2d),
    "a million boundaries": () => letters("--b\r\n\r\n\r\n".repeat(1 << 20)),
  }),
  ...of("shard", {
    "a shard outside of its folder": () => row({ shard: "../outside.bin" }),
    "a shard that is a device": () => row({ shard: "/dev/zero" }),
    "an image of 2^50 bytes": () => row({ length: 2 ** 50 }),
    "an image of -5 bytes": () => row({ length: -5 }),
    "an image behind the shard's end": () => row({ offset: 1e9 }),
    "a stored picture of 65535 x 65535": () => row({ rows: 65535, columns: 65535 }),
  }),
];
