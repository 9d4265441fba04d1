import { describe, expect, it } from "vitest";
import { parseCbisCases } from "../src/cohort/parseCbisCases.ts";
import { parseDreamAnnotations } from "../src/cohort/parseDreamAnnotations.ts";
import { parseDreamExams } from "../src/cohort/parseDreamExams.ts";
import { boundaryOf } from "../src/dicom/dicomweb/multipart.ts";
import { frameBytes } from "../src/dicom/frames/frameBytes.ts";
import { readImagePixel } from "../src/dicom/parse/imagePixel.ts";
import { tags } from "../src/dicom/tags.ts";
import { limitsDefaults, parseDicom } from "../src/index.ts";
import { withOffsets } from "./hostile/codestreams.ts";
import { type Door, doors, outcomeOf } from "./hostile/doors.ts";
import { type Element, mammogram } from "./writeDicom.ts";

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Blanks, digits, quotes, brackets and what else patterns look for, a megabyte of each. */
const marks = [
  " ",
  "0",
  '"',
  "'",
  "[",
  "{",
  "(",
  "<",
  "</",
  "<a ",
  ";",
  ".",
  ",",
  "\t",
  "\n",
  "\r",
  "/",
  "\\",
  "=",
  "#",
  "-",
  "\u2028",
  "a",
  "1.",
  "1e",
  "0 ",
  '",',
  "--b",
];
const megabyte = (mark: string): string => mark.repeat(2 ** 20 / mark.length);

/** Of this process; a clock would count what else the machine does. A quadratic scan of a megabyte takes minutes. */
async function seconds(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const texts: readonly Door[] = ["csv", "tsv", "json", "ics", "overlay", "plist", "mias", "dicomWebJson", "dicomWebParts"];

describe("each parser takes linear time on a megabyte of one mark", () => {
  it.each(texts)("%s", { timeout: 120_000 }, async (door) => {
    for (const mark of marks)
      for (const text of [megabyte(mark), `${opening[door] ?? ""}${megabyte(mark)}\u2028x`]) {
        let outcome = "";
        expect(await seconds(async () => (outcome = await outcomeOf(door, letters(text)))), `${door} ${JSON.stringify(mark)}`).toBeLessThan(3);
        expect(outcome, `${door} ${JSON.stringify(mark)}`).toMatch(/^[a-z-]+$/);
      }
  });

  it("tables of cohorts, in a cell of each column", { timeout: 120_000 }, async () => {
    const parsers = [
      [parseDreamExams, "subjectId\texamIndex\tcancerL\tcancerR", "\t"],
      [parseDreamAnnotations, "filename\tkind\tmalignant\ttop\tleft\tbottom\tright", "\t"],
      [parseCbisCases, "patient_id,left or right breast,image view,abnormality id,abnormality type,pathology,image file path", ","],
    ] as const;
    for (const [parse, heads, separator] of parsers)
      for (const mark of marks) {
        const cells = heads.split(separator).map(() =>
          megabyte(mark)
            .slice(0, 2 ** 17)
            .replaceAll(/[\t\n\r,"]/g, "x"),
        );
        const took = await seconds(() => {
          try {
            parse(`${heads}\n${cells.join(separator)}\n`, "table");
          } catch (error) {
            expect((error as Error).name).toBe("CohortError");
          }
        });
        expect(took, JSON.stringify(mark)).toBeLessThan(3);
      }
  });

  it("1,000 frames in 50,000 fragments, with an offset table", async () => {
    const [frames, each] = [1000, 50];
    const fragments = Array.from({ length: frames * each }, (_, k) => Uint8Array.of(k & 255, k >> 8));
    const offsets = Array.from({ length: frames }, (_, frame) => 10 * each * frame);
    const bytes = mammogram({
      syntax: "1.2.840.10008.1.2.5",
      cells: new Uint16Array(0),
      extra: [[0x00280008, "IS", String(frames)]],
      pixelElement: withOffsets(offsets, ...fragments),
    });
    const file = await parseDicom(bytes);
    const pixel = readImagePixel(file.dataSet, limitsDefaults);
    const took = await seconds(async () => {
      for (let frame = 0; frame < frames; frame++) {
        const found = await frameBytes(file, pixel, frame);
        expect([found.length, found[0]! + 256 * found[1]!]).toEqual([2 * each, each * frame]);
      }
    });
    expect(took).toBeLessThan(2);
  });

  it("the type of an answer", async () => {
    for (const mark of [...marks, ";boundary", '; boundary="'])
      expect(await seconds(() => boundaryOf(`multipart/related;${mark.repeat(2 ** 16)}`)), JSON.stringify(mark)).toBeLessThan(3);
  });

  it("every element of a DICOM file that is read, and its de-identification", { timeout: 300_000 }, async () => {
    // Without these as they are no file is read on; each is tried alone.
    const needed = [0x00080016, 0x00080018, 0x0020000d, 0x00080068, 0x00181164, 0x00185101, 0x00200062, 0x00280004, 0x00281050, 0x00281051];
    const pixels = [0x00280002, 0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103];
    const others = Object.values(tags)
      .filter((tag) => tag >>> 16 >= 8 && tag >>> 16 < 0x7fe0 && ![...needed, ...pixels].includes(tag))
      .sort((a, b) => a - b);
    for (const mark of [" ", "0", '"', "[", "\\", ".", "^", "=", "1.", "A", "_", "-"]) {
      const element = (tag: number): Element => [tag, "UT", letters(`${mark.repeat(2 ** 15 / mark.length)}x`)];
      for (const tagsOf of [others, ...needed.map((tag) => [tag])]) {
        const bytes = mammogram({ without: tagsOf, extra: tagsOf.map(element) });
        for (const door of ["dicom", "deidentify"] as const) {
          const took = await seconds(() => doors[door](bytes).catch((error: Error) => expect(error.name).toBe("DicomError")));
          expect(took, `${door} ${JSON.stringify(mark)} ${tagsOf[0]?.toString(16)}`).toBeLessThan(5);
        }
      }
    }
  });
});

/** What stands in front, so that the text is not refused by its first letter. */
const opening: Partial<Record<Door, string>> = {
  csv: 'a,b\n"',
  tsv: "a\tb\n",
  json: '{"a":"',
  ics: "LEFT_CC LINES 1 PIXELS_PER_LINE ",
  overlay: "TOTAL_ABNORMALITIES 1\nABNORMALITY 1\nLESION_TYPE ",
  plist: "<plist><dict><key>",
  mias: "mdb001 G CIRC B",
  dicomWebJson: '[{"00080018":{"vr":"UI","Value":["',
  dicomWebParts: "--b\r\n",
};
