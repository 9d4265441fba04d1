import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder } from "@mammo/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIcs, parseOverlay } from "../src/index.ts";

const ics = `
ics_version 1.0
filename A-0001-1
DENSITY 2
DIGITIZER LUMISYS LASER
SEQUENCE
LEFT_CC LINES 40 PIXELS_PER_LINE 30 BITS_PER_PIXEL 12 RESOLUTION 50 OVERLAY
RIGHT_MLO LINES 44 PIXELS_PER_LINE 33 BITS_PER_PIXEL 16 RESOLUTION 43.5 NON_OVERLAY
`;

/** A square of 3 x 3 pixels, from its top left pixel on, clockwise. */
const square = "2 2 4 4 6 6 0 0 #";
const overlay = `TOTAL_ABNORMALITIES 2
ABNORMALITY 1
LESION_TYPE MASS SHAPE OVAL MARGINS OBSCURED
LESION_TYPE CALCIFICATION TYPE PLEOMORPHIC DISTRIBUTION CLUSTERED
ASSESSMENT 5
SUBTLETY 3
PATHOLOGY MALIGNANT
TOTAL_OUTLINES 2
BOUNDARY
10 20 ${square}
\tCORE
11 21 3 7 #
ABNORMALITY 2
LESION_TYPE MASS SHAPE ARCHITECTURAL_DISTORTION MARGINS N/A
ASSESSMENT 2
SUBTLETY 1
PATHOLOGY BENIGN_WITHOUT_CALLBACK
TOTAL_OUTLINES 1
BOUNDARY
0 0 #
`;

describe("parseIcs", () => {
  it("reads size, resolution and overlay of each film", () => {
    expect(parseIcs(ics)).toEqual({
      density: 2,
      digitizer: "LUMISYS LASER",
      films: [
        { name: "LEFT_CC", laterality: "L", view: "CC", rows: 40, columns: 30, bitsPerPixel: 12, mmPerPixel: 0.05, hasOverlay: true },
        { name: "RIGHT_MLO", laterality: "R", view: "MLO", rows: 44, columns: 33, bitsPerPixel: 16, mmPerPixel: 0.0435, hasOverlay: false },
      ],
    });
  });

  it.each([
    ["an unknown view", ics.replace("LEFT_CC", "LEFT_LM"), "invalid-value", "a.ics row 7"],
    ["a size of 0", ics.replace("LINES 40", "LINES 0"), "invalid-value", "a.ics row 7"],
    ["a resolution that is no number", ics.replace("43.5", "fine"), "invalid-value", "a.ics row 8"],
    ["a film told twice", ics.replace("RIGHT_MLO", "LEFT_CC"), "duplicate-row", "a.ics row 8"],
    ["a case without films", "ics_version 1.0", "empty-cohort", "a.ics"],
  ])("refuses %s", (_name, text, code, place) => {
    expect(() => parseIcs(text, { file: "a.ics" })).toThrow(expect.objectContaining({ code, message: expect.stringContaining(place) }));
  });
});

describe("parseOverlay", () => {
  it("reads abnormalities, boundaries and cores", () => {
    const [mass, distortion, ...others] = parseOverlay(overlay.replaceAll("\n", "\r\n"), { film: { rows: 23, columns: 13 } });
    expect(others).toEqual([]);
    expect(mass).toMatchObject({ kinds: ["mass", "calcification"], assessment: 5, subtlety: 3, pathology: "MALIGNANT" });
    expect(mass!.boundary.box).toEqual({ top: 20, left: 10, bottom: 23, right: 13 });
    expect(mass!.boundary.pixels.map(([row, column]) => `${row},${column}`).join(" ")).toBe("20,10 20,11 20,12 21,12 22,12 22,11 22,10 21,10 20,10");
    expect(mass!.cores.map(({ box }) => box)).toEqual([{ top: 21, left: 11, bottom: 23, right: 13 }]);
    expect(distortion).toMatchObject({ kinds: ["distortion"], pathology: "BENIGN_WITHOUT_CALLBACK", cores: [] });
    expect(distortion!.boundary.box).toEqual({ top: 0, left: 0, bottom: 1, right: 1 });
  });

  it("walks any chain as vectors added up do", () => {
    const code = fc.integer({ min: 0, max: 7 });
    fc.assert(
      fc.property(fc.array(code, { maxLength: 60 }), (codes) => {
        const text = overlay.replace("\n0 0 #", `\n100 200 ${codes.join(" ")} #`);
        const { pixels, box } = parseOverlay(text)[1]!.boundary;
        const angle = (at: number): number => (at * Math.PI) / 4;
        const end = codes.reduce<readonly [number, number]>(
          ([r, c], at) => [r - Math.round(Math.cos(angle(at))), c + Math.round(Math.sin(angle(at)))] as const,
          [200, 100] as const,
        );
        expect(pixels.at(-1)).toEqual(end);
        expect([box.top, box.right]).toEqual([Math.min(...pixels.map(([r]) => r)), Math.max(...pixels.map(([, c]) => c)) + 1]);
      }),
    );
  });

  it.each([
    ["a code above 7", overlay.replace(square, "2 8 #"), "o row 10"],
    ["a chain without end", overlay.replace(square, "2 2 4"), "o row 10"],
    ["an outline that leaves the film", overlay.replace("\n0 0 #", "\n0 0 0 #"), "o row 20"],
    ["an outline outside the film", overlay.replace("10 20", "30 20"), "o row 10"],
    ["a pathology", overlay.replace("MALIGNANT", "BAD"), "o row 7"],
    ["an assessment of 9", overlay.replace("ASSESSMENT 5", "ASSESSMENT 9"), "o row 5"],
    ["fewer abnormalities than told", overlay.replace("TOTAL_ABNORMALITIES 2", "TOTAL_ABNORMALITIES 3"), "o row"],
    ["more abnormalities than told", overlay.replace("TOTAL_ABNORMALITIES 2", "TOTAL_ABNORMALITIES 1"), "o row 13"],
    ["no outline", overlay.replace("TOTAL_OUTLINES 1", "TOTAL_OUTLINES 0"), "o row 18"],
    ["no text", "", "o row 1"],
  ])("refuses %s", (_name, text, place) => {
    expect(() => parseOverlay(text, { file: "o", film: { rows: 40, columns: 30 } })).toThrow(
      expect.objectContaining({ code: "invalid-value", message: expect.stringContaining(place) }),
    );
  });
});

describe.skipIf(!dataFolder())("DDSM case D-4000 (needs the data folder)", () => {
  const data = join(dataFolder() ?? "", "ddsm-case-D4000");

  it("reads four films and one benign mass, outlined in both left ones by closed lines", async () => {
    const { films, digitizer } = parseIcs(await readFile(join(data, "D-4000-1.ics"), "utf8"));
    expect([digitizer, films.length, films[0]!.mmPerPixel]).toEqual(["HOWTEK 43.5", 4, 0.0435]);
    // Boxes: the chains added up by a few lines of Python, told apart from ours.
    const boxes = { LEFT_CC: { top: 2092, left: 910, bottom: 2877, right: 1603 }, LEFT_MLO: { top: 3226, left: 862, bottom: 4191, right: 1823 } };
    expect(films.filter((film) => film.hasOverlay).map(({ name }) => name)).toEqual(Object.keys(boxes));
    for (const [name, box] of Object.entries(boxes)) {
      const film = films.find((one) => one.name === name)!;
      const abnormalities = parseOverlay(await readFile(join(data, `D_4000_1.${name}.OVERLAY`), "utf8"), { film });
      expect(abnormalities).toHaveLength(1);
      expect(abnormalities[0]).toMatchObject({ kinds: ["mass"], pathology: "BENIGN", subtlety: 4, cores: [] });
      const { boundary } = abnormalities[0]!;
      expect(boundary.box).toEqual(box);
      expect(boundary.pixels.at(-1)).toEqual(boundary.pixels[0]);
    }
  });
});
