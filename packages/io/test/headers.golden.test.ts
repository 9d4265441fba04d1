import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { parseDicom, readMammoHeader } from "../src/index.ts";
import { type Element, mammogram } from "./writeDicom.ts";

interface Expected {
  readonly path: string;
  readonly bits: readonly [allocated: number, stored: number, high: number, representation: 0 | 1];
  readonly windows: readonly { readonly center: number; readonly width: number; readonly function: string; readonly explanation: string | null }[];
  readonly tables: readonly { readonly explanation: string | null; readonly descriptor: readonly [number, number, number] }[];
  readonly [field: string]: unknown;
}
interface Concept {
  readonly meaning: string;
  readonly sct: string;
  readonly srt: string;
}

describe.skipIf(!dataFolder())("the header of each mammogram, by pydicom (needs the data folder)", () => {
  const { files } = golden<{ readonly files: readonly Expected[] }>("headers", import.meta.url);
  it.each(files.map((file) => [file.path, file] as const))("%s", async (path, expected) => {
    const header = readMammoHeader(await parseDicom(await readFile(join(dataFolder()!, path))), { anySopClass: true });
    const sha256 = (uid: string | undefined) => createHash("sha256").update(uid!).digest("hex");
    const { pixel } = header;
    const found = {
      ...header,
      sopInstanceUid: sha256(header.sopInstanceUid),
      studyInstanceUid: sha256(header.studyInstanceUid),
      rows: pixel.rows,
      columns: pixel.columns,
      frames: pixel.frames,
      bits: [pixel.bitsAllocated, pixel.bitsStored, pixel.highBit, pixel.isSigned ? 1 : 0],
      photometricInterpretation: pixel.photometricInterpretation,
      burnedIn: header.hasBurnedInAnnotation === undefined ? null : header.hasBurnedInAnnotation ? "YES" : "NO",
      vois: header.vois.length,
      windows: header.vois.flatMap((voi) => (voi.kind === "window" ? [voi] : [])),
      tables: header.vois.flatMap((voi) => (voi.kind === "lut" ? [voi] : [])),
    };
    const { path: _path, viewCode: _code, viewString, modifierCodes, windows, tables, exposure, spacing, ...plain } = expected;
    const orUndefined = (value: unknown) => JSON.parse(JSON.stringify(value), (_key, one) => one ?? undefined);
    expect(orUndefined(found)).toMatchObject(orUndefined(plain));
    // A null of the fixture says nothing to toMatchObject.
    expect(header.hasImplant ?? null).toBe(expected["hasImplant"]);
    expect(header.view.position).toBe(viewString);
    expect(header.view.modifiers).toHaveLength((modifierCodes as readonly string[]).length);
    expect(header.exposure).toEqual(expect.objectContaining(nearly(exposure)));
    expect(header.spacing === undefined ? null : { ...header.spacing, mmPerPixel: [...header.spacing.mmPerPixel] }).toEqual(
      spacing === null ? null : nearly(spacing),
    );
    expect(found.windows).toMatchObject(windows.map(({ explanation, ...window }) => (explanation === null ? window : { ...window, explanation })));
    expect(found.tables.map(({ explanation, firstMapped, bits, data }) => ({ explanation, descriptor: [data.length, firstMapped, bits] }))).toEqual(
      tables,
    );
  });
});

/** Numbers to a part in 10^12; null as undefined. */
function nearly(value: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).map(([key, one]) => {
      const near = (number: unknown) => (typeof number === "number" ? expect.closeTo(number, 10) : number);
      return [key, one === null ? undefined : Array.isArray(one) ? one.map(near) : near(one)];
    }),
  );
}

describe("view codes, by pydicom's copy of PS3.16", () => {
  const { views, modifiers } = golden<{ readonly views: readonly Concept[]; readonly modifiers: readonly Concept[] }>("views", import.meta.url);
  const positions: Readonly<Record<string, string | undefined>> = {
    "medial-lateral": "ML",
    "medio-lateral oblique": "MLO",
    "latero-medial": "LM",
    "latero-medial oblique": "LMO",
    "cranio-caudal": "CC",
    "caudo-cranial": "FB",
    "superolateral to inferomedial oblique": "SIO",
    "cranio-caudal exaggerated laterally": "XCCL",
    "cranio-caudal exaggerated medially": "XCCM",
    "inferomedial to superolateral oblique": undefined,
    "tissue specimen from breast": undefined,
  };
  const words: Readonly<Record<string, string>> = { "Infra-mammary fold": "inframammaryFold" };
  const camel = (meaning: string) =>
    meaning.replace(/^./, (letter) => letter.toLowerCase()).replace(/ (.)/g, (_space, letter: string) => letter.toUpperCase());
  const viewOf = async (code: string, modifier?: string) => {
    const modified: Element = [0x00540222, "SQ", modifier === undefined ? [] : [[[0x00080100, "SH", modifier]]]];
    // The string contradicts the code, which wins.
    const file = mammogram({ view: "RM", extra: [[0x00540220, "SQ", [[[0x00080100, "SH", code], modified]]]] });
    return readMammoHeader(await parseDicom(file)).view;
  };

  it("are all known, in both codings, and win over the view's string", async () => {
    expect(views.map(({ meaning }) => meaning).sort()).toEqual(Object.keys(positions).sort());
    for (const { meaning, sct, srt } of views)
      for (const code of [sct, srt]) {
        const { position, isStandardScreening } = await viewOf(code);
        expect(position, meaning).toBe(positions[meaning]);
        expect(isStandardScreening, meaning).toBe(/^(cranio-caudal|medio-lateral oblique)$/.test(meaning));
      }
  });

  it("are changed by all modifiers, in both codings", async () => {
    for (const { meaning, sct, srt } of modifiers)
      for (const code of [sct, srt]) {
        const view = await viewOf("399162004", code);
        expect(view.modifiers, meaning).toEqual([words[meaning] ?? camel(meaning)]);
        expect(view.isStandardScreening).toBe(false);
      }
    const positionOf = async (view: string, modifier: string) => (await viewOf(view, modifier)).position;
    expect(await positionOf("399162004", "399209000")).toBe("CCID");
    expect(await positionOf("399368009", "399209000")).toBe("MLOID");
    expect(await positionOf("399260004", "399209000")).toBe("MLID");
    expect(await positionOf("399368009", "399011000")).toBe("AT");
    expect(await positionOf("399162004", "399161006")).toBe("CV");
    expect(await positionOf("399162004", "399197002")).toBe("RL");
    expect(await positionOf("399162004", "399226006")).toBe("RM");
    expect(await viewOf("399162004", "123456")).toEqual({ position: "CC", modifiers: ["other"], isStandardScreening: false });
  });

  it.each("AT CC CCID CV FB LM LMO ML MLID MLO MLOID RL RM SIO XCCL XCCM".split(" "))("%s is read from its string too", async (view) => {
    expect(readMammoHeader(await parseDicom(mammogram({ view }))).view.position).toBe(view);
  });
});

describe("multi-frame headers", () => {
  const item = (...elements: readonly Element[]) => elements;
  const frames: readonly (readonly Element[])[] = [0, 1].map((frame) => [
    [0x00209071, "SQ", [item([0x00209072, "CS", "R"])]],
    [0x00289110, "SQ", [item([0x00280030, "DS", `0.${frame + 1}\\0.${frame + 1}`])]],
    [0x00289132, "SQ", [item([0x00281050, "DS", `${100 + frame}`], [0x00281051, "DS", "50"], [0x00281056, "CS", "SIGMOID"])]],
    [0x00289145, "SQ", [item([0x00281052, "DS", `${frame}`], [0x00281053, "DS", "2"])]],
  ]);
  const made = (groups: number) =>
    mammogram({
      sopClass: "1.2.840.10008.5.1.4.1.1.13.1.3",
      without: [0x00200062, 0x00181164, 0x00281050, 0x00281051],
      extra: [
        [0x00280008, "IS", "2"],
        [groups, "SQ", frames],
      ],
      cells: new Uint16Array(2 * 240 * 160),
    });

  it("say for each frame what its own functional groups say", async () => {
    const file = await parseDicom(made(0x52009230));
    for (const frame of [0, 1])
      expect(readMammoHeader(file, { frame })).toMatchObject({
        isTomosynthesis: true,
        laterality: "R",
        spacing: { mmPerPixel: [0.1 * (frame + 1), 0.1 * (frame + 1)], source: "pixel-spacing", magnification: 1 },
        modality: { slope: 2, intercept: frame },
        vois: [{ center: 100 + frame, width: 50, function: "SIGMOID" }],
      });
  });

  it("say for all frames what the shared functional groups say", async () => {
    const file = await parseDicom(made(0x52009229));
    for (const frame of [0, 1])
      expect(readMammoHeader(file, { frame })).toMatchObject({ laterality: "R", modality: { intercept: 0 }, vois: [{ center: 100 }] });
  });
});
