/** Multiplications and additions of one forward pass through the nets' convolutions and dense layers. */
export function netFlop(net: {
  readonly net: "detector" | "dream";
  readonly width: number;
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
}): number {
  const wide = (channels: number) => Math.max(1, Math.round(channels * net.width));
  let [rows, columns, inputs, flop] = [net.rows, net.columns, 1, 0];
  const conv = (outputs: number, taps: number) => {
    flop += 2 * rows * columns * inputs * outputs * taps;
    inputs = outputs;
  };
  for (const channels of [32, 64, 128, 256, 256, 512]) {
    conv(wide(channels), 9);
    conv(wide(channels), 9);
    [rows, columns] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  }
  [rows, columns] = [rows - 2, columns - 2];
  conv(wide(1024), 9);
  conv(wide(512), 1);
  conv(5, 1);
  if (net.net === "dream") {
    const cells = Math.floor(rows / 5) * Math.floor(columns / 5);
    flop += 2 * (5 * cells + 5 * cells * wide(16) + wide(16) * wide(8) + wide(8));
  }
  return net.batch * flop;
}
