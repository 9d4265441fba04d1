// A cohort of small files for the tests of shards: women with canaries for names, and the options that keep the pictures small.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cohort, CohortImage } from "../src/node.ts";
import { mammogram } from "./writeDicom.ts";

export const canary = "CANARY^NAME";

/** Coarse and small: a picture is made in milliseconds. */
export const read = { size: [120, 80], mmPerPixel: 1 } as const;

/** Writes `count` files; the ones in `broken` end in the middle of their pixels. */
export async function smallCohort(folder: string, count: number, broken: readonly number[] = []): Promise<Cohort> {
  await mkdir(folder, { recursive: true });
  const images: CohortImage[] = [];
  for (let index = 0; index < count; index++) {
    const laterality = index % 2 === 0 ? "L" : "R";
    const whole = mammogram({ laterality, rows: 200 + index, columns: 140, extra: [[0x00100010, "PN", canary]] });
    const bytes = broken.includes(index) ? whole.subarray(0, whole.length / 2) : whole;
    const path = join(folder, `${canary}-${index}.dcm`);
    await writeFile(path, bytes);
    images.push({
      id: `image-${index}`,
      patientId: `w${index >> 2}`,
      exam: `w${index >> 2}/1`,
      laterality,
      view: "CC",
      path,
      format: "dicom",
      sha256: createHash("sha256").update(bytes).digest("hex"),
      ...(index % 3 === 0 ? {} : { cancer: (index % 2) as 0 | 1 }),
      ...(index % 5 === 0 ? { lesions: [{ kind: "mass", malignant: true, box: { top: 50, left: 10, bottom: 60, right: 20 } }] } : {}),
    });
  }
  return {
    name: "small",
    root: folder,
    sha256: createHash("sha256")
      .update(JSON.stringify(images.map(({ sha256 }) => sha256)))
      .digest("hex"),
    images,
    exams: [],
  };
}
