import { basename, dirname, join, relative, resolve } from "node:path";
import type { Laterality } from "@mammo/mammogram";
import type { Annotation, Cohort, CohortExam, CohortImage } from "./cohort.ts";
import { CohortError } from "./cohortError.ts";
import { type IcsFilm, parseIcs } from "./ddsm/parseIcs.ts";
import { type OverlayAbnormality, parseOverlay } from "./ddsm/parseOverlay.ts";
import { filesBelow } from "./filesBelow.ts";
import { hashedCohort } from "./hashedCohort.ts";
import { imageFormat } from "./imageFormat.ts";
import { readText } from "./readText.ts";

const endings = ["dcm", "png", "tif", "tiff", "pgm"];

/** One film with its outlines, and where its row stands. */
interface Film extends IcsFilm {
  readonly image: string;
  readonly abnormalities: readonly OverlayAbnormality[];
}

/**
 * DDSM: the folders of cases below `directory` -> cohort. A case is its `.ics` file with, in the same folder, an image and, where the `.ics` says so, an OVERLAY file of each film: `D-4000-1.ics`, `D_4000_1.LEFT_CC.png`, `D_4000_1.LEFT_CC.OVERLAY`.
 *
 * The database's own `.LJPEG` files have no header that says what they hold: convert them to `.dcm`, `.png`, `.tif` or `.pgm` of the same size first. A film of another size than the `.ics` states is refused when it is read, since the outlines hang on it.
 * A breast has cancer if any abnormality in it is MALIGNANT, and its label is open if none is and one is UNPROVEN. Source: Heath et al., The Digital Database for Screening Mammography, IWDM 2000 (documented).
 *
 * @throws CohortError naming file, row and what was expected; `missing-file` tells how many films of how many are missing.
 * @example const cohort = await readDdsmCohort("data/ddsm");
 */
export async function readDdsmCohort(directory: string): Promise<Cohort> {
  const root = resolve(directory);
  const names = await filesBelow(root);
  const tables = names.filter((name) => name.endsWith(".ics"));
  if (tables.length === 0) throw new CohortError("missing-file", "Expected at least one .ics file in the DDSM folder");
  const present = new Set(names);
  const read: string[] = [];
  const images: Omit<CohortImage, "sha256">[] = [];
  const exams = new Map<string, CohortExam>();
  let [films, missing] = [0, 0];
  let firstMissing = "";
  for (const [index, table] of tables.entries()) {
    // Names of files may be names of patients: errors count them, in the order of their names.
    const file = `.ics file ${index + 1} of ${tables.length}`;
    read.push(table);
    const patientId = basename(table, ".ics").replaceAll("-", "_");
    if (exams.has(patientId)) throw new CohortError("duplicate-row", `${file}: expected each case once`);
    const { films: listed, density, digitizer } = parseIcs(await readText(join(root, table), `Expected to read ${file}`, "ics"), { file });
    const found: Film[] = [];
    for (const film of listed) {
      films++;
      const stem = join(dirname(table), `${patientId}.${film.name}`);
      const image = endings.map((ending) => `${stem}.${ending}`).find((name) => present.has(name));
      if (film.hasOverlay) read.push(`${stem}.OVERLAY`);
      if (image === undefined) {
        missing++;
        firstMissing ||= `an image of ${film.name} of ${file}`;
        continue;
      }
      found.push({
        ...film,
        image,
        abnormalities: film.hasOverlay ? await abnormalitiesOf(join(root, `${stem}.OVERLAY`), film, `OVERLAY of ${film.name} of ${file}`) : [],
      });
    }
    const cancer = labelsOf(found);
    const metadata = { digitizer, ...(density === undefined ? {} : { density: String(density) }) };
    exams.set(patientId, { id: `${patientId}/1`, patientId, examIndex: 1, cancer, invasive: {}, metadata });
    for (const { image, laterality, view, rows, columns, mmPerPixel, abnormalities } of found) {
      const label = cancer[laterality];
      images.push({
        id: image.replaceAll("\\", "/"),
        patientId,
        exam: `${patientId}/1`,
        laterality,
        view,
        path: join(root, image),
        format: imageFormat(image)!,
        ...(label === undefined ? {} : { cancer: label }),
        lesions: abnormalities.flatMap(lesionsOf),
        size: [rows, columns],
        mmPerPixel: [mmPerPixel, mmPerPixel],
      });
    }
  }
  if (missing > 0)
    throw new CohortError(
      "missing-file",
      `Expected ${firstMissing}, beside it and ending in one of ${endings.map((ending) => `.${ending}`).join(" ")}; ${missing} of ${films} films are missing. DDSM's own .LJPEG files need to be converted first`,
    );
  return hashedCohort({
    name: "ddsm",
    root,
    tables: read.map((name) => ({ name: relative(root, join(root, name)).replaceAll("\\", "/"), path: join(root, name) })),
    images,
    exams: [...exams.values()],
  });
}

async function abnormalitiesOf(path: string, film: IcsFilm, file: string): Promise<readonly OverlayAbnormality[]> {
  const text = await readText(path, `Expected the ${file}, since the film has outlines`, "overlay");
  return parseOverlay(text, { file, film });
}

function labelsOf(films: readonly Film[]): Readonly<Partial<Record<Laterality, 0 | 1>>> {
  const labels: Partial<Record<Laterality, 0 | 1>> = {};
  for (const laterality of ["L", "R"] as const) {
    const own = films.filter((film) => film.laterality === laterality);
    const pathologies = own.flatMap(({ abnormalities }) => abnormalities.map(({ pathology }) => pathology));
    if (pathologies.includes("MALIGNANT")) labels[laterality] = 1;
    else if (own.length > 0 && !pathologies.includes("UNPROVEN")) labels[laterality] = 0;
  }
  return labels;
}

/** One box for each kind of lesion that an outline is said to hold. */
const lesionsOf = ({ kinds, pathology, boundary }: OverlayAbnormality): readonly Annotation[] =>
  [...new Set(kinds)].map((kind) => ({ kind, malignant: pathology === "MALIGNANT", box: boundary.box }));
