import type { Pectoral } from "./pectoral.ts";

/** 1 where a pixel's center lies between the chest wall and the muscle's border, else 0; row-major, length rows x columns. */
export function pectoralMask({ border }: Pectoral, { rows, columns }: { readonly rows: number; readonly columns: number }): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  for (let part = 1; part < border.length; part++) {
    const [[top, from], [bottom, to]] = [border[part - 1]!, border[part]!];
    for (let row = Math.max(0, Math.ceil(top - 0.5)); row < Math.min(rows, bottom - 0.5); row++) {
      const column = from + ((to - from) * (row + 0.5 - top)) / (bottom - top);
      mask.fill(1, row * columns, row * columns + Math.min(Math.max(Math.round(column), 0), columns));
    }
  }
  return mask;
}
