import type { Box } from "@mammo/mammogram";

/** The line around a region, pixel by pixel. */
export interface Outline {
  /** (row, column) of each pixel passed, from the first on; the last joins the first again where the line closes. */
  readonly pixels: readonly (readonly [row: number, column: number])[];
  /** The least box that holds all of these pixels. */
  readonly box: Box;
}

// 0 is up, then clockwise by 45 degrees: 7 0 1 over 6 . 2 over 5 4 3.
const steps = [
  [-1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
] as const;

const isBlank = (letter: string): boolean => letter.trim() === "";

/**
 * "column row code code ... #" -> the outline; undefined where the text is not of this form.
 *
 * Source: the DDSM's description of its OVERLAY files (documented).
 */
export function readChainCode(text: string): Outline | undefined {
  const match = /^\s*(\d{1,6})\s+(\d{1,6})(?=\s)/.exec(text);
  if (match === null) return undefined;
  let [row, column] = [Number(match[2]), Number(match[1])];
  let [top, left, bottom, right] = [row, column, row + 1, column + 1];
  const pixels: [number, number][] = [[row, column]];
  // Letter by letter: a pattern that repeats overflows its stack on millions of codes.
  let at = match[0].length;
  for (; at < text.length && text[at] !== "#"; at++) {
    if (isBlank(text[at]!)) continue;
    const step = isBlank(text[at - 1]!) ? steps[Number(text[at])] : undefined;
    if (step === undefined) return undefined;
    const [down, across] = step;
    row += down;
    column += across;
    pixels.push([row, column]);
    [top, left] = [Math.min(top, row), Math.min(left, column)];
    [bottom, right] = [Math.max(bottom, row + 1), Math.max(right, column + 1)];
  }
  if (text[at] !== "#" || text.slice(at + 1).trim() !== "") return undefined;
  return { pixels, box: { top, left, bottom, right } };
}
