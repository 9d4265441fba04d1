import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DicomError, limitsDefaults, type Mammogram, parseDicom, readFrames, readImagePixel, readMammogram } from "@mammo/io";
import type { Case, Outcome } from "./case.ts";

/** A typed error as the outcome of a case that may, or may not, be refused. */
export function refusal(error: unknown, isAllowed: boolean): { readonly outcome: Outcome; readonly note: string } {
  if (!(error instanceof DicomError)) return { outcome: "untyped error", note: String(error) };
  return { outcome: isAllowed ? "refused" : "refused though readable", note: `${error.code}: ${error.message}` };
}

/** A file that is the same image as another: brightness, view, spacing, and all frames. */
export function sameImage(
  path: string,
  twin: string,
  { flag, mayRefuse = false, tolerance = 1e-3 }: { readonly flag?: string; readonly mayRefuse?: boolean; readonly tolerance?: number } = {},
): Case {
  const or = [flag ? `flag ${flag}` : "", mayRefuse ? "or refused" : ""].filter(Boolean).join(", ");
  return {
    path,
    expected: `image of ${twin}${or ? `; ${or}` : ""}`,
    async run(folder) {
      const expected = await readMammogram(await readFile(join(folder, twin)));
      const bytes = await readFile(join(folder, path));
      try {
        const found = await readMammogram(bytes);
        const frames = await framesOf(bytes);
        const wrong = differences(found, expected, tolerance);
        const expectedFrames = await framesOf(await readFile(join(folder, twin)));
        if (frames.length > 1 && frames.some((frame, at) => frame !== expectedFrames[at])) wrong.push("frames");
        if (wrong.length === 0)
          return flag && !(found.image.flags as readonly string[]).includes(flag)
            ? { outcome: "silently wrong", note: `no flag ${flag}` }
            : { outcome: "right" };
        const isSaid = found.image.flags.some((one) => !expected.image.flags.includes(one));
        return { outcome: isSaid && mayRefuse ? "flagged" : "silently wrong", note: `${wrong.join(", ")}; flags ${found.image.flags.join(" ")}` };
      } catch (error) {
        return refusal(error, mayRefuse);
      }
    },
  };
}

function differences({ header, image }: Mammogram, expected: Mammogram, tolerance: number): string[] {
  const wrong: string[] = [];
  if (image.pixels.some((value) => !(value >= 0 && value <= 1))) wrong.push("values outside [0, 1]");
  const largest = image.pixels.reduce((most, value, at) => Math.max(most, Math.abs(value - expected.image.pixels[at]!)), 0);
  if (largest > tolerance) wrong.push(`brightness by ${largest.toFixed(3)}`);
  if (image.view !== expected.image.view || JSON.stringify(header.view) !== JSON.stringify(expected.header.view)) wrong.push("view");
  if (image.laterality !== expected.image.laterality) wrong.push("laterality");
  const [row, column] = header.spacing!.mmPerPixel;
  const [expectedRow, expectedColumn] = expected.header.spacing!.mmPerPixel;
  if (Math.abs(row / expectedRow - 1) > 1e-3 || Math.abs(column / expectedColumn - 1) > 1e-3) wrong.push("spacing");
  return wrong;
}

/** A text of each frame's values; stored values of other types and bits can be equal, so only multi-frame files are compared by it. */
async function framesOf(bytes: Uint8Array): Promise<readonly string[]> {
  const file = await parseDicom(bytes);
  if (readImagePixel(file.dataSet, limitsDefaults).frames === 1) return [];
  const frames: string[] = [];
  for await (const values of readFrames(file)) frames.push(values.join());
  return frames;
}
