// What every cohort reader promises, by table: a reader is a row.
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { boxFromSource } from "@mammo/mammogram";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Cohort,
  CohortError,
  readCbisCohort,
  readCohortImage,
  readDdsmCohort,
  readDreamCohort,
  readInbreastCohort,
  readMiasCohort,
  readTableCohort,
} from "../src/node.ts";
import { breastCells, mammogram } from "./writeDicom.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mammo-contract-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (name: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
};
const png = (cells: Uint8Array | Uint16Array, rows: number, columns: number): Uint8Array =>
  encode({ width: columns, height: rows, data: cells, channels: 1, depth: cells.BYTES_PER_ELEMENT === 1 ? 8 : 16 });
const film = (laterality: string, rows = 240, columns = 160): Uint8Array => png(breastCells({ rows, columns, laterality }), rows, columns);
/** The film of 240 x 160 pixels squeezed to a square of 800. */
const squeezed = (laterality: string): Uint8Array => {
  const cells = breastCells({ rows: 240, columns: 160, laterality });
  const square = cells.slice(0, 0).constructor as Uint8ArrayConstructor;
  return png(
    square.from({ length: 800 * 800 }, (_, at) => cells[Math.floor(((at / 800) | 0) * 0.3) * 160 + Math.floor((at % 800) * 0.2)]!),
    800,
    800,
  );
};
const rectangle = (rows: number, columns: number): Uint8Array =>
  Uint8Array.from({ length: rows * columns }, (_, at) =>
    Math.floor(at / columns) >= 100 && Math.floor(at / columns) < 140 && at % columns >= 20 && at % columns < 50 ? 255 : 0,
  );
const plist = (rois: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Images</key><array><dict><key>ImageIndex</key><integer>0</integer><key>ROIs</key><array>${rois}</array></dict></array></dict></plist>`;
const roi = (name: string, ...points: readonly string[]): string =>
  `<dict><key>Name</key><string>${name}</string><key>Point_px</key><array>${points.map((point) => `<string>(${point})</string>`).join("")}</array></dict>`;

interface Row {
  /** Writes the smallest cohort: a woman with cancer in the left breast, a lesion there at rows 100 to 140 and columns 20 to 50, and a woman without. */
  readonly write: () => Promise<void>;
  readonly read: () => Promise<Cohort>;
  /** The table whose rows are spoilt. */
  readonly table: string;
  /** The woman with cancer. */
  readonly patientId: string;
  readonly hasBoxes: boolean;
  /** Side of a pixel of the lesion's image in mm. */
  readonly mm: number;
}

const readers: Readonly<Record<string, Row>> = {
  readDreamCohort: {
    table: "images_crosswalk.tsv",
    patientId: "SECRET1",
    hasBoxes: true,
    mm: 0.5,
    async write() {
      await put(
        "images_crosswalk.tsv",
        "subjectId\texamIndex\timageIndex\tview\tlaterality\tfilename\tcancer\nSECRET1\t1\t1\tCC\tL\ta.dcm\t1\nSECRET2\t1\t1\tCC\tR\tb.dcm\t0\n",
      );
      await put("annotations.tsv", "filename\tkind\tmalignant\ttop\tleft\tbottom\tright\na.dcm\tmass\t1\t100\t20\t140\t50\n");
      await put("images/a.dcm", mammogram());
      await put("images/b.dcm", mammogram({ laterality: "R" }));
    },
    read: () => readDreamCohort(root),
  },
  readMiasCohort: {
    table: "labels.tsv",
    patientId: "mias-001",
    hasBoxes: true,
    mm: 0.2,
    async write() {
      await put("labels.tsv", "image\tclass\tseverity\tx\ty_from_bottom\tradius_px\nmdb001\tCIRC\tM\t35\t904\t20\nmdb004\tNORM\t\t\t\t\n");
      const cells = Uint8Array.from(breastCells({ rows: 1024, columns: 1024, laterality: "L" }), (cell) => cell / 10);
      for (const name of ["mdb001", "mdb004"]) await put(`${name}.png`, png(cells, 1024, 1024));
    },
    read: () => readMiasCohort(root),
  },
  readCbisCohort: {
    table: "mass_case_description_train_set.csv",
    patientId: "P_SECRET1",
    hasBoxes: true,
    mm: 0.5,
    async write() {
      const head = "patient_id,left or right breast,image view,abnormality id,abnormality type,pathology,image file path,ROI mask file path";
      const line = (woman: string, side: string, pathology: string): string =>
        `${woman},${side},CC,1,mass,${pathology},Mass-Training_${woman}_${side}_CC/1.2/0.dcm,Mass-Training_${woman}_${side}_CC_1/1.2/1.dcm`;
      await put(
        "mass_case_description_train_set.csv",
        [head, line("P_SECRET1", "LEFT", "MALIGNANT"), line("P_SECRET2", "RIGHT", "BENIGN")].join("\n"),
      );
      for (const [name, laterality] of [
        ["P_SECRET1_LEFT", "L"],
        ["P_SECRET2_RIGHT", "R"],
      ] as const) {
        await put(`Mass-Training_${name}_CC.png`, film(laterality));
        await put(`masks/Mass-Training_${name}_CC_1.png`, png(rectangle(240, 160), 240, 160));
      }
    },
    read: () => readCbisCohort(root, { masks: join(root, "masks"), mmPerPixel: [0.5, 0.5] }),
  },
  readCbisFilms: {
    table: "labels.tsv",
    patientId: "P_SECRET1",
    hasBoxes: true,
    mm: 0.047 * 4, // A film of 3200 x 2400 pixels of 0.047 mm.
    async write() {
      const head = "split\timage\tpatient\tside\tview\tlesion\tx800\ty800\tw800\th800\tmargins\tpathology\torig_width\torig_height";
      await put(
        "labels.tsv",
        `${head}\ntrain\ta.png\tP_SECRET1\tLEFT\tCC\t1\t20\t100\t30\t40\tSPICULATED\tMALIGNANT\t2400\t3200\ntrain\tb.png\tP_SECRET2\tRIGHT\tCC\t1\t20\t100\t30\t40\tN/A\tBENIGN\t2400\t3200\n`,
      );
      await put("train/a.png", squeezed("L"));
      await put("train/b.png", squeezed("R"));
    },
    read: () => readCbisCohort(root),
  },
  readDdsmCohort: {
    table: "A-SECRET1-1.ics",
    patientId: "A_SECRET1_1",
    hasBoxes: true,
    mm: 0.5,
    async write() {
      const line = (side: string, overlay: string): string =>
        `${side}_CC LINES 240 PIXELS_PER_LINE 160 BITS_PER_PIXEL 12 RESOLUTION 500 ${overlay}\n`;
      await put("A-SECRET1-1.ics", `DIGITIZER HOWTEK 43.5\n${line("LEFT", "OVERLAY")}${line("RIGHT", "NON_OVERLAY")}`);
      await put("case2/A-SECRET2-1.ics", line("RIGHT", "NON_OVERLAY"));
      // From (row 100, column 20): 29 steps to the right, 39 down, 29 to the left, 39 up.
      const codes = [
        [2, 29],
        [4, 39],
        [6, 29],
        [0, 39],
      ]
        .map(([code, times]) => `${code} `.repeat(times!))
        .join("");
      await put(
        "A_SECRET1_1.LEFT_CC.OVERLAY",
        `TOTAL_ABNORMALITIES 1\nABNORMALITY 1\nLESION_TYPE MASS SHAPE OVAL MARGINS OBSCURED\nASSESSMENT 5\nSUBTLETY 3\nPATHOLOGY MALIGNANT\nTOTAL_OUTLINES 1\nBOUNDARY\n20 100 ${codes}#\n`,
      );
      await put("A_SECRET1_1.LEFT_CC.png", film("L"));
      await put("A_SECRET1_1.RIGHT_CC.png", film("R"));
      await put("case2/A_SECRET2_1.RIGHT_CC.png", film("R"));
    },
    read: () => readDdsmCohort(root),
  },
  readInbreastCohort: {
    table: "INbreast.csv",
    patientId: "5ec2e71",
    hasBoxes: true,
    mm: 0.5,
    async write() {
      await put(
        "INbreast.csv",
        "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads\nremoved;removed;L;CC;201001;1001;2;4b\nremoved;removed;R;CC;201001;1002;   ;2\n",
      );
      await put("AllDICOMs/1001_5ec2e71_MG_L_CC_ANON.dcm", mammogram());
      await put("AllDICOMs/1002_5ec2e72_MG_R_CC_ANON.dcm", mammogram({ laterality: "R" }));
      await put("AllXML/1001.xml", plist(roi("Mass", "20.4, 120.2", "49.9, 100", "30, 139.7") + roi("Pectoral Muscle", "0, 0", "9, 9")));
    },
    read: () => readInbreastCohort(root),
  },
  readTableCohort: {
    table: "table.csv",
    patientId: "SECRET1",
    hasBoxes: true,
    mm: 0.5,
    async write() {
      await put(
        "table.csv",
        "path,patient,exam,laterality,view,cancer,mm_per_pixel,boxes\nfilms/a.png,SECRET1,x,LEFT,CC,1,0.5,mass 1 100 20 140 50\nb.dcm,SECRET2,,R,CC,0,,\n",
      );
      await put("films/a.png", film("L"));
      await put("b.dcm", mammogram({ laterality: "R" }));
    },
    read: () => readTableCohort(join(root, "table.csv")),
  },
};

describe.each(Object.entries(readers))("%s", (name, reader) => {
  const { write, read, table, patientId, mm } = reader;
  const failure = async (): Promise<CohortError> => {
    const error = await read().then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(CohortError);
    return error as CohortError;
  };

  it("gives women, exams, breasts and labels", async () => {
    await write();
    const cohort = await read();
    const sick = cohort.images.find((image) => image.cancer === 1)!;
    expect(sick).toMatchObject({ patientId, laterality: "L" });
    expect(cohort.images.some((image) => image.cancer === 0 && image.patientId !== patientId)).toBe(true);
    const exams = new Map(cohort.exams.map((exam) => [exam.id, exam]));
    expect(exams.size).toBe(cohort.exams.length);
    for (const image of cohort.images) expect(exams.get(image.exam)).toMatchObject({ patientId: image.patientId });
    expect(exams.get(sick.exam)!.cancer.L).toBe(1);
    expect(new Set(cohort.images.map(({ id }) => id)).size).toBe(cohort.images.length);
    expect(new Set(cohort.images.map(({ path }) => path)).size).toBe(cohort.images.length);
  });

  it("gives lesions whose boxes lie in the file's pixels, and a standard image that they fit", async () => {
    await write();
    const [sick] = (await read()).images.filter((image) => image.cancer === 1);
    expect(sick!.lesions).toHaveLength(1);
    const lesion = sick!.lesions![0]!;
    expect(lesion).toMatchObject({ kind: "mass", malignant: true });
    const image = await readCohortImage(sick!);
    expect(image).toMatchObject({ laterality: "L", view: sick!.view });
    const box = boxFromSource(lesion.box, image);
    const isCircle = name === "readMiasCohort";
    if (!isCircle) expect(lesion.box).toEqual({ top: 100, left: 20, bottom: 140, right: 50 });
    expect((box.bottom - box.top) * image.mmPerPixel).toBeCloseTo(40 * mm, 6);
  });

  it("is named by its bytes: the same again, another after any file changed", async () => {
    await write();
    const { sha256, images } = await read();
    expect((await read()).sha256).toBe(sha256);
    await appendFile(images[0]!.path, "\0");
    const changed = await read();
    expect(changed.sha256).not.toBe(sha256);
    expect(changed.images[0]!.sha256).not.toBe(images[0]!.sha256);
    await appendFile(join(root, table), "\n");
    expect((await read()).sha256).not.toBe(changed.sha256);
  });

  it("refuses a folder without its table, and a table without rows", async () => {
    expect((await failure()).code).toBe("missing-file");
    await write();
    const [head] = (await readFile(join(root, table), "utf8")).split("\n");
    await writeFile(join(root, table), `${table.endsWith(".ics") ? "" : head}\n`);
    for (const name of (await readdir(root, { recursive: true })).filter((other) => other.endsWith(".ics") && other !== table))
      await rm(join(root, name));
    expect((await failure()).code).toBe("empty-cohort");
  });

  it("refuses an image that is not there, without naming the woman", async () => {
    await write();
    const { images } = await read();
    await rm(images[0]!.path);
    const error = await failure();
    expect(error.code).toBe("missing-file");
    // A DDSM case and a film of mini-MIAS have public numbers for names.
    if (!["readMiasCohort", "readDdsmCohort"].includes(name)) expect(error.message).not.toMatch(/SECRET\d|5ec2e7/);
  });

  it("refuses a row twice, by its line", async () => {
    await write();
    const lines = (await readFile(join(root, table), "utf8")).trimEnd();
    const twice = lines.split("\n")[1]!;
    await writeFile(join(root, table), `${lines}\n${twice}\n`);
    expect(await failure()).toMatchObject({ code: "duplicate-row", message: expect.stringMatching(/ row \d+/) });
  });

  it("refuses a spoilt cell by its row, without repeating it", async () => {
    await write();
    const text = await readFile(join(root, table), "utf8");
    const spoilt = text.replace(/CC|CIRC/, "SPOILT");
    expect(spoilt).not.toBe(text);
    await writeFile(join(root, table), spoilt);
    const error = await failure();
    expect(error).toMatchObject({ code: "invalid-value", message: expect.stringMatching(/ row \d+/) });
    expect(error.message).not.toContain("SPOILT");
  });
});
