import { boxFromSource } from "@mammo/io";
import { readCohortImage } from "@mammo/io/node";
import { writeWhole } from "../shared/files.ts";
import { serve } from "../shared/pool.ts";
import type { StandardJob, StandardResult } from "./standards.ts";

serve(async ({ image, file }: StandardJob): Promise<StandardResult> => {
  const standard = await readCohortImage(image);
  const stored = Uint16Array.from(standard.pixels, (value) => Math.round(value * 65535));
  await writeWhole(file, new Uint8Array(stored.buffer), { lasting: false }); // can be made again
  const { rows, columns, mmPerPixel, toSource, standardization, breast } = standard;
  const lesions = (image.lesions ?? []).map(({ kind, malignant, box }) => ({ kind, malignant, box: boxFromSource(box, standard) }));
  return { rows, columns, mmPerPixel, toSource, standardization, breast, lesions };
});
