import { readFileSync } from "node:fs";

/** One net at one size, and the task that is timed. */
export interface NetCase {
  readonly net: "detector" | "dream";
  readonly width: number;
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly task: "forward" | "train";
  /** Standard images to compute on, batch by batch; else noise, where no pixel is like another. */
  readonly images?: "standard";
  /** File of these: float32 [images, rows, columns]. */
  readonly pixelFile?: string;
  /** On wasm: every window of the canvas is computed, however many are alike. */
  readonly whole?: boolean;
}

const sizes = { detector: { rows: 224, columns: 224 }, dream: { rows: 1200, columns: 800 } } as const;

/** The cases of the bench: both nets at two widths, forward and one training step. */
export const netCases = [0.125, 0.25].flatMap((width): readonly NetCase[] => [
  { net: "detector", width, batch: 16, ...sizes.detector, task: "forward" },
  { net: "detector", width, batch: 16, ...sizes.detector, task: "train" },
  { net: "dream", width, batch: 1, ...sizes.dream, task: "forward" },
  { net: "dream", width, batch: 1, ...sizes.dream, task: "forward", images: "standard" },
  { net: "dream", width, batch: 2, ...sizes.dream, task: "train" },
]);

/** For tables: "DreamNet w 0.25, 2 x 1200 x 800, train". */
export function caseTitle({ net, width, batch, rows, columns, task, images }: NetCase): string {
  return `${net === "detector" ? "DetectorNet" : "DreamNet"} w ${width}, ${batch} x ${rows} x ${columns}, ${task}${images ? " of standard images" : ""}`;
}

/** The pixels that all contenders compute on, a batch [B, rows, columns, 1] for each call in turn: those of the file, else one of noise in [0, 1), from integers alone. */
export function casePixels({ batch, rows, columns, pixelFile }: NetCase): readonly Float32Array[] {
  const size = batch * rows * columns;
  if (pixelFile !== undefined) {
    const { buffer, byteOffset, byteLength } = readFileSync(pixelFile);
    return Array.from({ length: byteLength / 4 / size }, (_, index) => new Float32Array(buffer, byteOffset + 4 * index * size, size));
  }
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  return [Float32Array.from({ length: size }, next)];
}
