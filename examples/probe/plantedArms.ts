import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@mammo/files/node";
import type { CohortImage } from "@mammo/io/node";
import { type CohortOptions, devices, type ExamSpec, planCohort } from "@mammo/phantom";
import { fileNameOf, writeExam } from "@mammo/phantom/node";

/** The phantom's everyday devices at the pitch of standard images, which is a quarter of the work. */
const everyday = Object.fromEntries(
  (["aldebaran", "bellatrix", "capella", "deneb"] as const).map((name) => {
    const { mmPerPixel, rows, columns, ...device } = devices[name];
    const scaled = (pixels: number) => Math.round((pixels * mmPerPixel) / 0.25);
    return [name, { ...device, mmPerPixel: 0.25, rows: scaled(rows), columns: scaled(columns) }];
  }),
);

/** Women with one exam each, half of them with cancer in one breast. */
export const plan = (options: Pick<CohortOptions, "seed" | "women"> & Partial<CohortOptions>): Partial<CohortOptions> => ({
  cancerShare: 0.5,
  priorShare: 0,
  missingViewShare: 0,
  extraViewShare: 0,
  oneBreastShare: 0,
  devices: everyday,
  deviceMix: { aldebaran: 1, bellatrix: 1, capella: 1, deneb: 1 },
  ...options,
});

/** Which breasts of the same women carry a ring of lead: none, those with cancer, or a half, drawn apart from cancer. */
export const skinMarkers = {
  clean: { malignant: 0, others: 0 },
  planted: { malignant: 1, others: 0 },
  apart: { malignant: 0.5, others: 0.5 },
} as const satisfies Readonly<Record<string, CohortOptions["skinMarkers"]>>;

/** An image of one arm, and whether its breast carries a marker in each arm. */
export interface ArmImage {
  readonly file: string;
  readonly carries: Readonly<Record<keyof typeof skinMarkers, boolean>>;
}

/** The CC views of the same women in three arms, and all files among them, each once. */
export interface PlantedArms {
  readonly arms: Readonly<Record<keyof typeof skinMarkers, readonly ArmImage[]>>;
  readonly images: readonly CohortImage[];
}

/** Renders the arms into a folder; yields after each exam. An image that two arms share is made once. */
export async function* writeArms(
  folder: string,
  women: Pick<CohortOptions, "seed" | "women">,
): AsyncGenerator<{ readonly phase: string; readonly done: number; readonly total: number }, PlantedArms> {
  const names = Object.keys(skinMarkers) as (keyof typeof skinMarkers)[];
  const plans = names.map((name) => [name, planCohort(plan({ ...women, skinMarkers: skinMarkers[name] })).map(onlyCC)] as const);
  const files = new Map<string, CohortImage>();
  const total = names.length * women.women;
  let done = 0;
  for (const [, exams] of plans)
    for (const exam of exams) {
      await writeExam(exam, folder);
      for (const spec of exam.images) {
        const id = fileNameOf(spec);
        const path = join(folder, id);
        const { laterality, view } = spec;
        const [patientId, cancer] = [String(exam.woman), exam.cancer[laterality]!];
        if (!files.has(id))
          files.set(id, { id, patientId, exam: patientId, laterality, view, path, format: "dicom", cancer, sha256: sha256(await readFile(path)) });
      }
      yield { phase: "women to probe", done: ++done, total };
    }
  const specs = plans.map(([, exams]) => exams.flatMap(({ images }) => images));
  const carries = specs[0]!.map((_, at) =>
    Object.fromEntries(names.map((name, arm) => [name, specs[arm]![at]!.skinMarker !== undefined])),
  ) as ArmImage["carries"][];
  const armOf = (arm: number) => specs[arm]!.map((spec, at): ArmImage => ({ file: fileNameOf(spec), carries: carries[at]! }));
  return {
    arms: Object.fromEntries(names.map((name, arm) => [name, armOf(arm)])) as Record<keyof typeof skinMarkers, ArmImage[]>,
    images: [...files.values()],
  };
}

const onlyCC = (exam: ExamSpec): ExamSpec => ({ ...exam, images: exam.images.filter(({ view }) => view === "CC") });
