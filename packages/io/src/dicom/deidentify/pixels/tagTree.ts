/** A tag tree of width x height leaves (ITU-T T.800 B.10.2): whether a leaf's value is below a threshold, asking for as many bits as that takes. */
export function tagTree(width: number, height: number): (bit: () => number, x: number, y: number, threshold: number) => boolean {
  const levels: { readonly width: number; readonly values: Int32Array; readonly lows: Int32Array }[] = [];
  for (let [across, down] = [width, height]; ; [across, down] = [(across + 1) >> 1, (down + 1) >> 1]) {
    levels.push({ width: across, values: new Int32Array(across * down).fill(0x7fffffff), lows: new Int32Array(across * down) });
    if (across * down <= 1) break;
  }
  return (bit, x, y, threshold) => {
    let low = 0;
    let isBelow = false;
    for (let level = levels.length - 1; level >= 0; level--) {
      const { width: across, values, lows } = levels[level]!;
      const index = (y >> level) * across + (x >> level);
      low = Math.max(low, lows[index]!);
      while (low < threshold && low < values[index]!) {
        if (bit() === 1) values[index] = low;
        else low++;
      }
      lows[index] = low;
      isBelow = values[index]! < threshold;
    }
    return isBelow;
  };
}
