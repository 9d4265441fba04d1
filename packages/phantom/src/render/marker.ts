import type { Laterality, Point } from "@mammo/mammogram";
import type { Device } from "../device.ts";
import type { PhantomView } from "../view.ts";
import type { Layer } from "./layer.ts";

/** Letters of five by seven dots, each row's bits from left to right. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  C: [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110],
  L: [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
  M: [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
  O: [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
  R: [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
  X: [0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001],
};

/**
 * The burned-in laterality marker, in stored orientation: at the top, on the side away from the chest wall, as radiographers place it (the outer
 * side of the breast).
 */
export function markerLayer(device: Device, laterality: Laterality, view: PhantomView): Layer {
  const text = device.marker.text === "side" ? laterality : `${laterality}${view}`;
  const dot = Math.max(1, Math.round(device.marker.mmHigh / 7 / device.mmPerPixel));
  const margin = Math.round(5 / device.mmPerPixel);
  return letters(text, dot, (width) => [margin, laterality === "L" ? device.columns - margin - width : margin]);
}

/** A ring of lead on the skin, 5 x 7 mm, as it is taped over what was felt; its middle in stored pixels. */
export function skinMarkerLayer(device: Device, [row, column]: Point): Layer {
  const dot = Math.max(1, Math.round(1 / device.mmPerPixel));
  return letters("O", dot, () => [Math.round(row - 3.5 * dot), Math.round(column - 2.5 * dot)]);
}

function letters(text: string, dot: number, cornerOf: (width: number) => Point): Layer {
  const width = (text.length * 6 - 1) * dot;
  const values = new Float32Array(7 * dot * width);
  for (let r = 0; r < 7 * dot; r++)
    for (let c = 0; c < width; c++) {
      const letter = glyphs[text[Math.floor(c / (6 * dot))]!]!;
      const column = Math.floor(c / dot) % 6;
      if (column < 5 && (letter[Math.floor(r / dot)]! >> (4 - column)) & 1) values[r * width + c] = 1;
    }
  const [top, left] = cornerOf(width);
  return { box: { top, left, bottom: top + 7 * dot, right: left + width }, values };
}
