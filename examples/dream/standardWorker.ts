import { parentPort } from "node:worker_threads";
import type { Box, StandardImage } from "@mammo/io";
import { fromSourcePoint } from "@mammo/io";
import { readCohortImage } from "@mammo/io/node";
import { writeWhole } from "../shared/files.ts";
import type { StandardJob, StandardResult } from "./standards.ts";

parentPort!.on("message", async ({ id, job }: { readonly id: number; readonly job: StandardJob }) => {
  try {
    parentPort!.postMessage({ id, result: await standardizeOne(job) });
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    parentPort!.postMessage({ id, error: { message, code } });
  }
});

async function standardizeOne({ image, file }: StandardJob): Promise<StandardResult> {
  const standard = await readCohortImage(image);
  const stored = Uint16Array.from(standard.pixels, (value) => Math.round(value * 65535));
  await writeWhole(file, new Uint8Array(stored.buffer));
  const { rows, columns, mmPerPixel, toSource, standardization } = standard;
  const lesions = (image.lesions ?? []).map(({ kind, malignant, box }) => ({ kind, malignant, box: toStandardBox(box, standard) }));
  return { rows, columns, mmPerPixel, toSource, standardization, lesions, breast: boundsOf(stored, rows, columns) };
}

/** A box of the source, carried over corner by corner: a mirrored view turns left into right. */
function toStandardBox(box: Box, standard: StandardImage): Box {
  const [a, b] = [fromSourcePoint([box.top, box.left], standard), fromSourcePoint([box.bottom, box.right], standard)];
  return { top: Math.min(a[0], b[0]), left: Math.min(a[1], b[1]), bottom: Math.max(a[0], b[0]), right: Math.max(a[1], b[1]) };
}

function boundsOf(pixels: Uint16Array, rows: number, columns: number): Box {
  let [top, left, bottom, right] = [rows, columns, 0, 0];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (pixels[row * columns + column]! > 0) {
        top = Math.min(top, row);
        bottom = Math.max(bottom, row + 1);
        left = Math.min(left, column);
        right = Math.max(right, column + 1);
      }
  return { top, left, bottom, right };
}
