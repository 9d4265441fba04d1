import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataFolder } from "@mammo/testing";
import fc from "fast-check";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseInbreastRois } from "../src/cohort/parseInbreastRois.ts";
import { parsePlist } from "../src/cohort/plist.ts";
import { CohortError, readCbisCohort, readCohortImage, readDdsmCohort, readInbreastCohort, readTableCohort } from "../src/node.ts";
import { breastCells, mammogram } from "./writeDicom.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mammo-sources-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));
const put = async (name: string, content: string | Uint8Array = ""): Promise<void> => {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
};
const failure = async (promise: Promise<unknown>): Promise<CohortError> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(CohortError);
  expect((error as CohortError).message).not.toContain("SECRET");
  return error as CohortError;
};

describe("readTableCohort", () => {
  const write = async (text: string): Promise<string> => {
    for (const name of ["a.png", "b c.png", "deep/d.png"]) await put(name);
    await put("t.csv", text);
    return join(root, "t.csv");
  };

  it("counts a woman's exams as they come, and carries labels to all images of a breast", async () => {
    const cohort = await readTableCohort(
      await write("\uFEFFpath,woman,laterality,view,exam,cancer\na.png,w,L,CC,2001,\nb c.png,w,L,MLO,2001,1\ndeep/d.png,w,R,XCCL,2003,\n"),
    );
    expect(cohort.exams.map(({ id, examIndex, cancer }) => [id, examIndex, cancer])).toEqual([
      ["w/1", 1, { L: 1 }],
      ["w/2", 2, {}],
    ]);
    expect(cohort.images.map(({ id, exam, cancer, format, lesions }) => [id, exam, cancer, format, lesions])).toEqual([
      ["a.png", "w/1", 1, "png", undefined],
      ["b c.png", "w/1", 1, "png", undefined],
      ["deep/d.png", "w/2", undefined, "png", undefined],
    ]);
  });

  it("reads several boxes, both sides of a pixel, tabs, and images of another folder", async () => {
    await put("films/x.tif");
    await put(
      "t.tsv",
      "path\tpatient\tlaterality\tview\tmm_per_pixel\tboxes\nx.tif\tw\tRIGHT\tCC\t0.05 0.06\tmass 1 1 2 3 4; calcification 0 5.5 6 7 8\n",
    );
    const { images } = await readTableCohort(join(root, "t.tsv"), { images: join(root, "films") });
    expect(images[0]).toMatchObject({ laterality: "R", format: "tiff", mmPerPixel: [0.05, 0.06] });
    expect(images[0]!.lesions).toEqual([
      { kind: "mass", malignant: true, box: { top: 1, left: 2, bottom: 3, right: 4 } },
      { kind: "calcification", malignant: false, box: { top: 5.5, left: 6, bottom: 7, right: 8 } },
    ]);
  });

  const head = "path,woman,laterality,view,cancer,mm_per_pixel,boxes";
  const good = "a.png,SECRET,L,CC,1,0.1,mass 1 1 1 2 2";
  it.each([
    ["path", "../SECRET.png"],
    ["path", "/SECRET.png"],
    ["path", "x\\SECRET.png"],
    ["path", "SECRET.exe"],
    ["woman", ""],
    ["laterality", "SECRET"],
    ["laterality", "constructor"],
    ["view", "SECRET"],
    ["cancer", "SECRET"],
    ["mm_per_pixel", "SECRET"],
    ["mm_per_pixel", "-1"],
    ["mm_per_pixel", "1 1 1"],
    ["boxes", "SECRET 1 1 1 2 2"],
    ["boxes", "mass 2 1 1 2 2"],
    ["boxes", "mass 1 1 1 1 2"],
    ["boxes", "mass 1 1 1 2 2 3"],
  ])("refuses %s %j by row and column", async (column, value) => {
    const cells = good.split(",");
    cells[head.split(",").indexOf(column)] = value;
    const error = await failure(readTableCohort(await write(`${head}\n${cells.join(",")}\n`)));
    expect(error).toMatchObject({ code: "invalid-value", message: expect.stringContaining(`table row 2: expected ${column} `) });
  });

  it("refuses labels that disagree within a breast, the same path twice, a file that is not there, and a column missing", async () => {
    const second = good.replace("a.png", "b c.png");
    expect(await failure(readTableCohort(await write(`${head}\n${good}\n${second.replace(",1,", ",0,")}`)))).toMatchObject({ code: "invalid-value" });
    expect(await failure(readTableCohort(await write(`${head}\n${good}\n${good}`)))).toMatchObject({ code: "duplicate-row" });
    expect(await failure(readTableCohort(await write(`${head}\n${good.replace("a.png", "SECRET.png")}`)))).toMatchObject({ code: "missing-file" });
    expect(await failure(readTableCohort(await write(`${head.replace("woman", "name")}\n${good}`)))).toMatchObject({ code: "missing-column" });
  });
});

describe("readDdsmCohort", () => {
  const ics = (overlay = "OVERLAY", rows = 60): string =>
    ["LEFT_CC", "LEFT_MLO"].map((film) => `${film} LINES ${rows} PIXELS_PER_LINE 40 BITS_PER_PIXEL 12 RESOLUTION 2000 ${overlay}`).join("\n");
  const overlay = (pathology: string, ...types: readonly string[]): string =>
    `TOTAL_ABNORMALITIES 1\nABNORMALITY 1\n${types.map((type) => `LESION_TYPE ${type}\n`).join("")}ASSESSMENT 5\nSUBTLETY 3\nPATHOLOGY ${pathology}\nTOTAL_OUTLINES 1\nBOUNDARY\n4 5 2 4 6 0 #\n`;
  const picture = encode({
    width: 40,
    height: 60,
    data: Uint8Array.from(breastCells({ rows: 60, columns: 40, laterality: "L" }), (cell) => cell / 10),
    channels: 1,
    depth: 8,
  });
  const write = async (pathologies: readonly [string, string], text = ics()): Promise<void> => {
    await put("cases/A-0001-1.ics", text);
    for (const [at, view] of ["CC", "MLO"].entries()) {
      await put(`cases/A_0001_1.LEFT_${view}.OVERLAY`, overlay(pathologies[at]!, "MASS SHAPE OVAL", "CALCIFICATION TYPE PLEOMORPHIC", "OTHER"));
      await put(`cases/A_0001_1.LEFT_${view}.png`, picture);
    }
  };

  it.each([
    ["MALIGNANT", "BENIGN", 1],
    ["BENIGN", "BENIGN_WITHOUT_CALLBACK", 0],
    ["UNPROVEN", "BENIGN", undefined],
    ["UNPROVEN", "MALIGNANT", 1],
  ] as const)("labels a breast with %s and %s as %s", async (one, other, label) => {
    await write([one, other]);
    const { images, exams } = await readDdsmCohort(root);
    expect(images.map(({ cancer }) => cancer)).toEqual([label, label]);
    expect(exams[0]).toMatchObject({ patientId: "A_0001_1", cancer: label === undefined ? {} : { L: label } });
    expect(images[0]!.lesions!.map(({ kind, malignant }) => [kind, malignant])).toEqual([
      ["mass", one === "MALIGNANT"],
      ["calcification", one === "MALIGNANT"],
    ]);
  });

  it("refuses a film of another size than its outlines were drawn in", async () => {
    await write(["BENIGN", "BENIGN"]);
    await expect(readCohortImage((await readDdsmCohort(root)).images[0]!)).resolves.toMatchObject({ view: "CC" });
    await write(["BENIGN", "BENIGN"], ics("OVERLAY", 120));
    await expect(readCohortImage((await readDdsmCohort(root)).images[0]!)).rejects.toMatchObject({ code: "pixels-mismatch" });
  });

  it("says how many films are missing, and what to do with LJPEG", async () => {
    await write(["BENIGN", "BENIGN"]);
    await rm(join(root, "cases/A_0001_1.LEFT_MLO.png"));
    await put("cases/A_0001_1.LEFT_MLO.LJPEG");
    expect(await failure(readDdsmCohort(root))).toMatchObject({
      code: "missing-file",
      message: expect.stringMatching(/LEFT_MLO of \.ics file 1 of 1, beside it .*; 1 of 2 films are missing\. .*LJPEG/),
    });
    await rm(join(root, "cases/A_0001_1.LEFT_CC.OVERLAY"));
    expect(await failure(readDdsmCohort(root))).toMatchObject({ code: "missing-file", message: expect.stringContaining("OVERLAY") });
  });

  it("names no file in an error: its name may be a patient's", async () => {
    await put("SECRET/SECRET.ics", ics());
    await put("SECRET/SECRET.LEFT_CC.png", picture);
    expect((await failure(readDdsmCohort(root))).message).toMatch(/^Expected the OVERLAY of LEFT_CC of \.ics file 1 of 1(?!.*SECRET)/);
    await put("SECRET/SECRET.LEFT_CC.OVERLAY", "TOTAL_ABNORMALITIES SECRET");
    expect((await failure(readDdsmCohort(root))).message).toMatch(/^OVERLAY of LEFT_CC of \.ics file 1 of 1 row 1(?!.*SECRET)/);
    await put("SECRET/SECRET.ics", "LEFT_CC LINES 0");
    expect((await failure(readDdsmCohort(root))).message).toMatch(/^\.ics file 1 of 1 row 1(?!.*SECRET)/);
    await put("SECRET/SECRET.ics", ics("NON_OVERLAY"));
    expect((await failure(readDdsmCohort(root))).message).toMatch(/LEFT_MLO of \.ics file 1 of 1(?!.*SECRET)/);
  });

  it.skipIf(!dataFolder())("reads a real case's outlines into films of its size (needs the data folder)", async () => {
    const folder = join(dataFolder()!, "ddsm-case-D4000");
    expect((await failure(readDdsmCohort(folder))).message).toMatch(/4 of 4 films are missing/);
    for (const name of await readdir(folder)) await copyFile(join(folder, name), join(root, name));
    for (const name of ["LEFT_CC", "LEFT_MLO", "RIGHT_CC", "RIGHT_MLO"]) await put(`D_4000_1.${name}.tif`, "II");
    const { images, exams } = await readDdsmCohort(root);
    expect(exams).toMatchObject([{ patientId: "D_4000_1", cancer: { L: 0, R: 0 }, metadata: { density: "3", digitizer: "HOWTEK 43.5" } }]);
    expect(images.map(({ lesions, size, mmPerPixel }) => [lesions!.map(({ kind, malignant }) => [kind, malignant]), size, mmPerPixel![0]])).toEqual([
      [[["mass", false]], [5296, 2566], 0.0435],
      [[["mass", false]], [5386, 2836], 0.0435],
      [[], [5056, 2416], 0.0435],
      [[], [5386, 2596], 0.0435],
    ]);
  });
});

describe("readInbreastCohort", () => {
  const head = "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads";
  const write = async (...rows: readonly string[]): Promise<void> => {
    await put("INbreast.csv", [head, ...rows.map((row) => `removed;removed;${row}`)].join("\r\n"));
  };

  it("tells exams apart by month and labels a breast by its highest assessment", async () => {
    for (const name of ["1_aa_MG_L_CC_ANON", "2_aa_MG_L_ML_ANON", "3_aa_MG_L_CC_ANON", "4_bb_MG_R_CC_ANON"])
      await put(`AllDICOMs/${name}.dcm`, mammogram());
    await put("AllDICOMs/Thumbs.db");
    await write("L;CC;200902;1;2;6", "L;MLO;201001;2;2;4a", "L;CC;201001;3;2;1", "R;CC;200801;4;;0");
    const { exams, images } = await readInbreastCohort(root);
    expect(exams.map(({ id, cancer }) => [id, cancer])).toEqual([
      ["aa/1", { L: 1 }],
      ["aa/2", { L: 1 }],
      ["bb/1", {}],
    ]);
    expect(images.map(({ exam, view, cancer, lesions }) => [exam, view, cancer, lesions])).toEqual([
      ["aa/1", "CC", 1, []],
      ["aa/2", "MLO", 1, []],
      ["aa/2", "CC", 1, []],
      ["bb/1", "CC", undefined, []],
    ]);
    const strict = await readInbreastCohort(root, { cancer: (biRads) => (biRads === 6 ? 1 : 0) });
    expect(strict.exams.map(({ cancer }) => cancer)).toEqual([{ L: 1 }, { L: 0 }, { R: 0 }]);
  });

  it.each([
    ["laterality", "B;CC;201001;1;2;3", "invalid-value"],
    ["view", "L;SECRET;201001;1;2;3", "invalid-value"],
    ["month", "L;CC;SECRET;1;2;3", "invalid-value"],
    ["number", "L;CC;201001;SECRET;2;3", "invalid-value"],
    ["assessment", "L;CC;201001;1;2;SECRET", "invalid-value"],
    ["file", "L;CC;201001;7;2;3", "missing-file"],
  ])("refuses a row of an odd %s", async (_name, row, code) => {
    await put("AllDICOMs/1_aa_MG_L_CC_ANON.dcm");
    await write(row);
    expect(await failure(readInbreastCohort(root))).toMatchObject({ code, message: expect.stringContaining("INbreast.csv row 2") });
  });
});

describe("parseInbreastRois", () => {
  const regions = (rois: string): string =>
    `<plist version="1.0"><dict><key>Images</key><array><dict><key>ROIs</key><array>${rois}</array></dict></array></dict></plist>`;
  const roi = (name: string, ...points: readonly string[]): string =>
    `<dict><key>Area</key><real>0.5</real><key>Name</key><string>${name}</string><key>Point_px</key><array>${points.map((point) => `<string>${point}</string>`).join("")}</array></dict>`;

  it("gives each region its kind and its box, first column and then row", () => {
    const text = regions(roi("Calcification", "(10.5, 20.25)") + roi("Assymetry", "(-3.2, 7)", "(4, 8.9)") + roi("Pectoral Muscle", "(1, 1)"));
    expect(parseInbreastRois(text, { file: "1.xml" })).toEqual([
      { name: "Calcification", kind: "calcification", box: { top: 20, left: 10, bottom: 21, right: 11 } },
      { name: "Assymetry", kind: "asymmetry", box: { top: 7, left: 0, bottom: 9, right: 5 } },
      { name: "Pectoral Muscle", kind: undefined, box: { top: 1, left: 1, bottom: 2, right: 2 } },
    ]);
  });

  it.each([
    ["a point of one number", regions(roi("Mass", "(1)"))],
    ["a point of letters", regions(roi("Mass", "(SECRET, 1)"))],
    ["no points", regions(roi("Mass"))],
    ["no name", regions("<dict><key>Point_px</key><array><string>(1, 1)</string></array></dict>")],
    ["no images", "<plist><dict/></plist>"],
    ["no regions", "<plist><dict><key>Images</key><array><string>SECRET</string></array></dict></plist>"],
  ])("refuses %s", (_name, text) => {
    expect(() => parseInbreastRois(text, { file: "1.xml" })).toThrow(
      expect.objectContaining({ code: "invalid-value", message: expect.stringMatching(/^1\.xml(?!.*SECRET)/) }),
    );
  });
});

describe("parsePlist", () => {
  const parse = (text: string): unknown => parsePlist(text, { file: "f" });

  it("reads all kinds of values", () => {
    const text = `<?xml version="1.0"?>\n<!-- a <comment> -->\n<plist><dict>
      <key>a &amp; b</key><string> &lt;x&gt; </string><key>n</key><integer>-3</integer><key>r</key><real>1.5</real>
      <key>t</key><true/><key>f</key><false/><key>e</key><string/><key>l</key><array><dict/><array/></array><key>__proto__</key><string>x</string>
    </dict></plist>`;
    const found = parse(text) as Record<string, unknown>;
    expect(Object.entries(found)).toEqual([
      ["a & b", "<x>"],
      ["n", "-3"],
      ["r", "1.5"],
      ["t", true],
      ["f", false],
      ["e", ""],
      ["l", [{}, []]],
      ["__proto__", "x"],
    ]);
    expect(Object.getPrototypeOf(found)).toBeNull();
  });

  it.each([
    ["nothing", ""],
    ["text alone", "SECRET"],
    ["a value without a key", "<plist><dict><string>SECRET</string></dict></plist>"],
    ["a key without a value", "<plist><dict><key>SECRET</key></dict></plist>"],
    ["a key outside of a dict", "<plist><key>SECRET</key></plist>"],
    ["crossed ends", "<plist><array><dict></array></dict></plist>"],
    ["an end alone", "<plist></array></plist>"],
    ["no end", "<plist><array><string>SECRET"],
    ["two values", "<plist><true/><true/></plist>"],
    ["another element", "<plist><script>SECRET</script></plist>"],
    ["declared entities", '<!DOCTYPE plist [<!ENTITY a "SECRET">]><plist><string>&a;</string></plist>'],
    ["a million arrays", "<array>".repeat(1e6)],
  ])("refuses %s", (_name, text) => {
    const start = performance.now();
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "invalid-value", message: expect.not.stringContaining("SECRET") }));
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("gives a value or a typed error for any mixture of its parts", () => {
    const parts = [
      "<plist>",
      "</plist>",
      "<dict>",
      "</dict>",
      "<array>",
      "</array>",
      "<key>",
      "</key>",
      "<string>",
      "</string>",
      "<true/>",
      "<",
      ">",
      "&lt;",
      "x",
      "<!--",
      "-->",
      "<?x?>",
      "<a b='c'>",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), (mixture) => {
        try {
          parse(mixture.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(CohortError);
        }
      }),
    );
  });
});

describe("readCbisCohort with masks", () => {
  const head = "patient_id,left or right breast,image view,abnormality id,abnormality type,pathology,image file path,ROI mask file path";
  const line = (id: number, type: string, pathology: string): string =>
    `P_1,LEFT,CC,${id},${type},${pathology},Calc-Test_P_1_LEFT_CC/1/0.dcm,Calc-Test_P_1_LEFT_CC_${id}/1/1.dcm`;
  const mask = (rows: number, columns: number, at: number): Uint8Array =>
    mammogram({
      sopClass: "1.2.840.10008.5.1.4.1.1.7",
      rows,
      columns,
      cells: Uint16Array.from({ length: rows * columns }, (_, cell) => (cell === at ? 255 : 0)),
    });
  const write = async (): Promise<void> => {
    await put("calc_case_description_test_set.csv", [head, line(1, "calcification", "BENIGN"), line(2, "mass", "MALIGNANT")].join("\n"));
    await put("Calc-Test_P_1_LEFT_CC.dcm", mammogram());
    await put("masks/Calc-Test_P_1_LEFT_CC_1/1/0.dcm", mask(240, 160, 160 * 7 + 9));
    await put("masks/Calc-Test_P_1_LEFT_CC_1/1/1.dcm", mask(10, 10, 0)); // The cut-out.
    await put("masks/Calc-Test_P_1_LEFT_CC_2.dcm", mask(240, 160, 160 * 3 + 4));
  };
  const read = () => readCbisCohort(root, { masks: join(root, "masks") });

  it("takes the larger of mask and cut-out, whichever the table names, and one box for each abnormality", async () => {
    await write();
    const { images } = await read();
    expect(images).toHaveLength(1);
    expect(images[0]).toMatchObject({ size: [240, 160], cancer: 1 });
    expect(images[0]!.lesions).toEqual([
      { kind: "calcification", malignant: false, box: { top: 7, left: 9, bottom: 8, right: 10 } },
      { kind: "mass", malignant: true, box: { top: 3, left: 4, bottom: 4, right: 5 } },
    ]);
    expect((await readCbisCohort(root)).images[0]).not.toHaveProperty("lesions");
  });

  it("refuses masks that are missing, broken, black or of two sizes, by row", async () => {
    await write();
    const second = join(root, "masks/Calc-Test_P_1_LEFT_CC_2.dcm");
    for (const [bytes, code] of [
      [mask(240, 160, -1), "missing-file"],
      [mask(240, 159, 5), "invalid-value"],
      [new TextEncoder().encode("SECRET"), "invalid-value"],
    ] as const) {
      await writeFile(second, bytes);
      expect(await failure(read())).toMatchObject({ code, message: expect.stringContaining("calc_case_description_test_set.csv row 3") });
    }
    await rm(second);
    expect(await failure(read())).toMatchObject({ code: "missing-file", message: expect.stringContaining("row 3") });
  });
});
