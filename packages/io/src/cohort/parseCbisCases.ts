import type { Laterality, LesionKind, ViewPosition } from "@mammo/mammogram";
import { CohortError } from "./cohortError.ts";
import { parseCsv } from "./parseCsv.ts";

/** One row of a CBIS-DDSM case description: one abnormality as seen in one film. */
export interface CbisCase {
  readonly file: string;
  readonly line: number;
  readonly patientId: string;
  readonly laterality: Laterality;
  readonly view: ViewPosition;
  readonly isMalignant: boolean;
  /** The folder of the full film, the first part of its path; names the film. */
  readonly film: string;
  /** Of the full film, as written, with `/`. */
  readonly path: string;
  readonly kind: LesionKind;
  /** Of the abnormality's mask, as written; undefined where the cell is no path. */
  readonly mask: string | undefined;
  /** The abnormality's columns other than its paths, as written. */
  readonly description: Readonly<Record<string, string>>;
}

const sides: Readonly<Record<string, Laterality>> = { LEFT: "L", RIGHT: "R" };
const views: readonly string[] = ["CC", "MLO"] satisfies readonly ViewPosition[];
const pathologies = ["MALIGNANT", "BENIGN", "BENIGN_WITHOUT_CALLBACK"];
const kinds: Readonly<Record<string, LesionKind>> = { mass: "mass", calcification: "calcification" };
const film = "image file path";
const insidePath = /^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/;
const required = ["patient_id", "left or right breast", "image view", "abnormality id", "abnormality type", "pathology", film];
const notDescribing = new Set(["patient_id", film, "cropped image file path", "ROI mask file path"]);

/** The rows of one case-description file. */
export function parseCbisCases(text: string, file: string): readonly CbisCase[] {
  const seen = new Map<string, number>();
  return parseCsv(text, { file, required, optional: "all" }).map(({ line, cells }) => {
    const expected = (what: string): CohortError => new CohortError("invalid-value", `${file} row ${line}: expected ${what}`);
    const cell = (name: string): string => cells[name]!;
    const [patientId, side, view, pathology, path] = [
      cell("patient_id"),
      cell("left or right breast"),
      cell("image view"),
      cell("pathology"),
      cell(film),
    ];
    if (patientId === "") throw expected("a patient_id");
    if (!Object.hasOwn(sides, side)) throw expected("left or right breast to be LEFT or RIGHT");
    if (!views.includes(view)) throw expected("image view to be CC or MLO");
    if (!pathologies.includes(pathology)) throw expected(`pathology to be one of ${pathologies.join(", ")}`);
    const kind = cell("abnormality type");
    const mask = cells["ROI mask file path"] ?? "";
    if (!Object.hasOwn(kinds, kind)) throw expected("abnormality type to be mass or calcification");
    if (path.length > 4096 || !insidePath.test(path)) throw expected(`${film} to be a path inside the images' folder`);
    const name = path.slice(0, path.indexOf("/"));
    if (!name.endsWith(`_${patientId}_${side}_${view}`)) throw expected(`${film} to begin with a folder of the row's woman, breast and view`);
    const key = `${name}\t${cell("abnormality id")}`;
    if (seen.has(key))
      throw new CohortError("duplicate-row", `${file} row ${line}: expected each abnormality of a film once; row ${seen.get(key)} has the same`);
    seen.set(key, line);
    return {
      file,
      line,
      patientId,
      laterality: sides[side]!,
      view: view as ViewPosition,
      isMalignant: pathology === "MALIGNANT",
      film: name,
      path,
      kind: kinds[kind]!,
      mask: mask.length <= 4096 && insidePath.test(mask) ? mask : undefined,
      description: Object.fromEntries(Object.entries(cells).filter(([column]) => !notDescribing.has(column))),
    };
  });
}
