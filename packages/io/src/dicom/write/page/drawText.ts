import { type Canvas, type Color, fillBox } from "./canvas.ts";

/** Letters of five by seven pixels: a digit of base 32 for each row from the top, its highest bit at the left. */
const glyphs: Readonly<Record<string, string>> = {
  " ": "0000000",
  "%": "op248j3",
  "(": "2488842",
  ")": "8422248",
  "+": "044v440",
  ",": "0000c48",
  "-": "000v000",
  ".": "00000cc",
  "/": "01248g0",
  "0": "ehjlphe",
  "1": "4c4444e",
  "2": "eh1248v",
  "3": "v2421he",
  "4": "26aiv22",
  "5": "vgu11he",
  "6": "68guhhe",
  "7": "v124888",
  "8": "ehhehhe",
  "9": "ehhf12c",
  ":": "0cc0cc0",
  "?": "eh12404",
  A: "ehhvhhh",
  B: "uhhuhhu",
  C: "ehggghe",
  D: "uhhhhhu",
  E: "vgguggv",
  F: "vgguggg",
  G: "ehgnhhe",
  H: "hhhvhhh",
  I: "e44444e",
  J: "72222ic",
  K: "hikokih",
  L: "ggggggv",
  M: "hrllhhh",
  N: "hhpljhh",
  O: "ehhhhhe",
  P: "uhhuggg",
  Q: "ehhhlid",
  R: "uhhukih",
  S: "fgge11u",
  T: "v444444",
  U: "hhhhhhe",
  V: "hhhhha4",
  W: "hhhllla",
  X: "hha4ahh",
  Y: "hha4444",
  Z: "v1248gv",
};

/** Pixels from one letter to the next, and of a line, at scale 1. */
export const letter = { width: 6, height: 9 } as const;

/** Writes capitals, digits and a few signs at (top, left); other letters become capitals or question marks. */
export function drawText(
  to: Canvas,
  text: string,
  at: { readonly top: number; readonly left: number; readonly scale: number; readonly color: Color },
): void {
  const { top, left, scale, color } = at;
  [...text.toUpperCase()].forEach((sign, place) => {
    [...(glyphs[sign] ?? glyphs["?"]!)].forEach((digit, row) => {
      const bits = Number.parseInt(digit, 32);
      for (let column = 0; column < 5; column++) {
        if ((bits & (16 >> column)) === 0) continue;
        const [y, x] = [top + row * scale, left + (place * letter.width + column) * scale];
        fillBox(to, { top: y, left: x, bottom: y + scale, right: x + scale }, color);
      }
    });
  });
}
