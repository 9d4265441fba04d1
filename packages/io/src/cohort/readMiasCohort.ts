import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { linesOf } from "@mammo/files";
import type { LesionKind } from "@mammo/mammogram";
import type { Annotation, Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { parseTsv } from "./parseTsv.ts";
import { readText } from "./readText.ts";

const kindOf: Readonly<Record<string, LesionKind>> = {
  CALC: "calcification",
  CIRC: "mass",
  SPIC: "mass",
  MISC: "mass",
  ARCH: "distortion",
  ASYM: "asymmetry",
};
const size = 1024;

/** One row of either label file, cells as written. */
interface MiasRow {
  readonly line: number;
  readonly image: string;
  readonly lesion: string;
  readonly severity: string;
  readonly place: readonly string[];
}

/**
 * The mini-MIAS folder -> cohort: 1024 x 1024 films at 0.2 mm per pixel, all MLO; mdb(2k - 1) and mdb(2k) are the left and right breast of one woman. Labels from `labels.tsv`, or `Info.txt` as distributed.
 *
 * A breast has cancer if any of its rows is malignant. Circles become boxes; rows without a place label the breast only.
 * Source: Suckling et al., The Mammographic Image Analysis Society digital mammogram database, 1994 (documented in its Info.txt).
 * @throws CohortError naming file and row.
 */
export async function readMiasCohort(directory: string): Promise<Cohort> {
  const root = resolve(directory);
  const names = new Set(await readdir(root).catch(() => [] as string[]));
  const table = names.has("labels.tsv") ? "labels.tsv" : "Info.txt";
  if (!names.has(table)) throw new CohortError("missing-file", "Expected labels.tsv or Info.txt in the mini-MIAS folder");
  const text = await readText(join(root, table), `Expected to read ${table}`, table === "Info.txt" ? "info" : "table");
  const rows = table === "labels.tsv" ? rowsOfTsv(text) : rowsOfInfo(text);
  if (rows.length === 0) throw new CohortError("empty-cohort", `${table}: expected at least one image`);

  const byImage = new Map<string, MiasRow[]>();
  const seen = new Set<string>();
  for (const row of rows) {
    const before = byImage.get(row.image);
    const lesion = [row.image, row.lesion, ...row.place].join("\t");
    if (seen.has(lesion)) throw new CohortError("duplicate-row", `${table} row ${row.line}: expected each lesion once; an earlier row is the same`);
    seen.add(lesion);
    if (before) before.push(row);
    else byImage.set(row.image, [row]);
  }
  const images = [...byImage].map(([image, found]): Omit<CohortImage, "sha256"> => {
    const format = names.has(`${image}.pgm`) ? "pgm" : names.has(`${image}.png`) ? "png" : undefined;
    if (format === undefined) throw new CohortError("missing-file", `${table} row ${found[0]!.line}: expected the file ${image}.pgm or ${image}.png`);
    const number = Number(image.slice(3));
    const patientId = `mias-${String(Math.ceil(number / 2)).padStart(3, "0")}`;
    return {
      id: image,
      patientId,
      exam: `${patientId}/1`,
      laterality: number % 2 === 1 ? "L" : "R",
      view: "MLO",
      path: join(root, `${image}.${format}`),
      format,
      cancer: found.some((row) => row.severity === "M") ? 1 : 0,
      lesions: found.flatMap((row) => lesionOf(row, table)),
      mmPerPixel: [0.2, 0.2],
    };
  });
  const exams = new Map<string, { readonly patientId: string; readonly cancer: CohortExam["cancer"] }>();
  for (const { exam, patientId, laterality, cancer } of images)
    exams.set(exam, { patientId, cancer: { ...exams.get(exam)?.cancer, [laterality]: cancer } });
  return hashedCohort(
    {
      name: "mias",
      root,
      tables: [{ name: table, path: join(root, table) }],
      images,
      exams: [...exams].map(([id, { patientId, cancer }]) => ({ id, patientId, examIndex: 1, cancer, invasive: {}, metadata: {} })),
    },
    ({ id, format }) => `${id}.${format}`,
  );
}

function rowsOfTsv(text: string): readonly MiasRow[] {
  const rows = parseTsv(text, { file: "labels.tsv", required: ["image", "class", "severity", "x", "y_from_bottom", "radius_px"] });
  return rows.map(({ line, cells }) => {
    if (!/^mdb\d{3}$/.test(cells["image"]!))
      throw new CohortError("invalid-value", `labels.tsv row ${line}: expected an image named mdb and three digits`);
    const place = [cells["x"]!, cells["y_from_bottom"]!, cells["radius_px"]!];
    return {
      line,
      image: cells["image"]!,
      lesion: cells["class"]!,
      severity: cells["severity"]!,
      place: place.every((cell) => cell !== "") ? place : [],
    };
  });
}

/** Lines "mdb001 G CIRC B 535 425 197"; all others are prose. A place may be a note instead. */
function rowsOfInfo(text: string): readonly MiasRow[] {
  const rows: MiasRow[] = [];
  let line = 0;
  for (const content of linesOf(text)) {
    line++;
    const parts = /^(mdb\d{3})\s+[FGD]\s+([A-Z]{4})\s*([BM]?)([\s\S]*)$/.exec(content.trim());
    if (parts === null) continue;
    const [, image, lesion, severity, rest] = parts as unknown as [string, string, string, string, string];
    const place = /^\s*(\d+)\s+(\d+)\s+(\d+)$/.exec(rest)?.slice(1) ?? [];
    rows.push({ line, image, lesion, severity, place });
  }
  return rows;
}

function lesionOf(row: MiasRow, table: string): readonly Annotation[] {
  if (row.lesion === "NORM") return [];
  const kind = Object.hasOwn(kindOf, row.lesion) ? kindOf[row.lesion] : undefined;
  if (kind === undefined)
    throw new CohortError("invalid-value", `${table} row ${row.line}: expected class CALC, CIRC, SPIC, MISC, ARCH, ASYM or NORM`);
  if (row.severity !== "B" && row.severity !== "M") throw new CohortError("invalid-value", `${table} row ${row.line}: expected severity B or M`);
  if (row.place.length === 0) return [];
  const [x, y, radius] = row.place.map(Number) as [number, number, number];
  if (![x, y, radius].every((value) => Number.isFinite(value) && value >= 0))
    throw new CohortError("invalid-value", `${table} row ${row.line}: expected x, y and radius as numbers`);
  const row0 = size - y; // y counts from the bottom.
  const clip = (value: number): number => Math.min(Math.max(value, 0), size);
  const box = { top: clip(row0 - radius), left: clip(x - radius), bottom: clip(row0 + radius), right: clip(x + radius) };
  return [{ kind, malignant: row.severity === "M", box }];
}
