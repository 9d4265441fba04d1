/** The edges between 1 and 0 of a mask seen every `step` pixels, as the path of an SVG in its own small pixels; straight runs are one line. */
export function outline(
  mask: Uint8Array,
  { rows, columns, step }: { readonly rows: number; readonly columns: number; readonly step: number },
): string {
  const [high, wide] = [Math.floor(rows / step), Math.floor(columns / step)];
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= high || column >= wide ? 0 : mask[(row * step + (step >> 1)) * columns + column * step + (step >> 1)]!;
  const path: string[] = [];
  const runs = (
    lines: number,
    length: number,
    isEdge: (line: number, place: number) => boolean,
    draw: (line: number, from: number, to: number) => string,
  ): void => {
    for (let line = 0; line <= lines; line++)
      for (let place = 0; place < length; place++) {
        if (!isEdge(line, place)) continue;
        const from = place;
        while (place < length && isEdge(line, place)) place++;
        path.push(draw(line, from, place));
      }
  };
  runs(
    high,
    wide,
    (row, column) => at(row - 1, column) !== at(row, column),
    (row, from, to) => `M${from} ${row}H${to}`,
  );
  runs(
    wide,
    high,
    (column, row) => at(row, column - 1) !== at(row, column),
    (column, from, to) => `M${column} ${from}V${to}`,
  );
  return path.join("");
}
