import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { requireKnownKeys } from "@mammo/mammogram";
import { type CbisLesions, cbisLesions } from "./cbisLesions.ts";
import type { Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { filesBelow } from "./filesBelow.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { isFile } from "./isFile.ts";
import { type CbisCase, parseCbisCases } from "./parseCbisCases.ts";
import { filmTable, readCbisFilms } from "./readCbisFilms.ts";
import { readText } from "./readText.ts";

const tables = ["calc", "mass"].flatMap((kind) => ["train", "test"].map((set) => `${kind}_case_description_${set}_set.csv`));

/** Where the films and masks of CBIS-DDSM lie, and the size of their pixels. */
export interface CbisOptions {
  /** The folder of the films; the tables' own folder by default. */
  readonly images?: string;
  /** The folder of the abnormalities' masks: with it, `lesions` are the boxes of what is drawn in them. */
  readonly masks?: string;
  /** Of every film, since neither tables nor files state it: 0.0435 (Howtek), 0.05 (Lumisys) or 0.042 (DBA) by the scanner. */
  readonly mmPerPixel?: readonly [row: number, column: number];
}

/**
 * CBIS-DDSM: the case-description CSVs found in a folder (`{calc,mass}_case_description_{train,test}_set.csv`) and the full films -> cohort.
 *
 * A folder with a `labels.tsv` instead is read as films squeezed to 800x800 with boxes (`readCbisFilms`).
 *
 * A film is looked for at the table's `image file path`; then as the first part of that path with `.dcm` or `.png`; then as the only `.dcm` file in the folder of that name (how the archive's retriever writes it now).
 * A breast has cancer if any of its rows, in any of the tables read, is MALIGNANT. The tables give no boxes, so `lesions` is absent unless `options.masks` is given; what they say of each abnormality is in its exam's `metadata`, by film and abnormality id.
 * A film with calcifications and a mass is two images of one breast, and a woman may stand in train and test tables alike: split by `patientId`.
 * Source: Lee et al., A curated mammography data set for use in computer-aided detection and diagnosis research, Sci Data 2017 (documented).
 *
 * @throws CohortError naming file, row and what was expected; `missing-file` tells where the first missing film was looked for and how many are missing.
 * @example const cohort = await readCbisCohort("data/cbis-ddsm", { images: "data/CBIS-DDSM", mmPerPixel: [0.05, 0.05] });
 */
export async function readCbisCohort(directory: string, options: CbisOptions = {}): Promise<Cohort> {
  requireKnownKeys("readCbisCohort", options, { images: true, masks: true, mmPerPixel: true });
  const root = resolve(directory);
  const names = await readdir(root).catch(() => [] as string[]);
  if (names.includes(filmTable)) return readCbisFilms(root);
  const present = tables.filter((name) => names.includes(name));
  if (present.length === 0) throw new CohortError("missing-file", `Expected at least one of ${tables.join(", ")}`);
  const texts = await Promise.all(present.map((name) => readText(join(root, name), `Expected to read ${name}`)));
  const cases = texts.flatMap((text, at) => parseCbisCases(text, present[at]!));
  if (cases.length === 0) throw new CohortError("empty-cohort", `${present.join(", ")}: expected at least one film`);

  const exams = examsOf(cases);
  const images = await imagesOf(cases, { folder: resolve(options.images ?? root), exams });
  const drawn = options.masks === undefined ? new Map<string, CbisLesions>() : await cbisLesions(cases, resolve(options.masks));
  return hashedCohort({
    name: "cbis-ddsm",
    root,
    imagesRoot: resolve(options.images ?? root),
    tables: present.map((name) => ({ name, path: join(root, name) })),
    images: images.map((image) => ({ ...image, ...drawn.get(image.id), ...(options.mmPerPixel ? { mmPerPixel: options.mmPerPixel } : {}) })),
    exams: [...exams.values()],
  });
}

/** A case of DDSM is one exam of one woman. */
function examsOf(cases: readonly CbisCase[]): ReadonlyMap<string, CohortExam> {
  const exams = new Map<string, CohortExam & { readonly metadata: Record<string, string> }>();
  for (const { patientId, laterality, isMalignant, film, description } of cases) {
    const before = exams.get(patientId);
    const { "abnormality id": abnormality, ...columns } = description;
    const told = Object.entries(columns).map(([name, value]) => `${name}: ${value}`);
    const metadata = before?.metadata ?? {};
    metadata[`${film} ${abnormality}`] = told.join(", ");
    exams.set(patientId, {
      id: `${patientId}/1`,
      patientId,
      examIndex: 1,
      cancer: { ...before?.cancer, [laterality]: isMalignant ? 1 : (before?.cancer[laterality] ?? 0) },
      invasive: {},
      metadata,
    });
  }
  return exams;
}

async function imagesOf(
  cases: readonly CbisCase[],
  options: { readonly folder: string; readonly exams: ReadonlyMap<string, CohortExam> },
): Promise<readonly Omit<CohortImage, "sha256">[]> {
  const films = [...new Map([...cases].reverse().map((row) => [row.film, row])).values()].reverse(); // The first row of each.
  const images: Omit<CohortImage, "sha256">[] = [];
  const missing: CbisCase[] = [];
  for (const row of films) {
    const path = await findFilm(options.folder, row);
    if (path === undefined) {
      missing.push(row);
      continue;
    }
    const { patientId, laterality, view, film } = row;
    const { id, cancer } = options.exams.get(patientId)!;
    const format = path.endsWith(".png") ? "png" : "dicom";
    images.push({ id: film, patientId, exam: id, laterality, view, path, format, cancer: cancer[laterality]! });
  }
  const [first] = missing;
  // The paths themselves hold the woman's number, so the row stands for them.
  if (first !== undefined)
    throw new CohortError(
      "missing-file",
      `${first.file} row ${first.line}: expected the film in the images' folder, at its "image file path", or as the first part of that path with .dcm or .png, or as the only .dcm file in the folder of that name; ${missing.length} of ${films.length} films are missing`,
    );
  return images;
}

async function findFilm(folder: string, row: CbisCase): Promise<string | undefined> {
  for (const path of [row.path, `${row.film}.dcm`, `${row.film}.png`].map((name) => join(folder, name))) if (await isFile(path)) return path;
  const files = (await filesBelow(join(folder, row.film))).filter((name) => name.endsWith(".dcm"));
  return files.length === 1 ? join(folder, row.film, files[0]!) : undefined;
}
