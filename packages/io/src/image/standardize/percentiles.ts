/**
 * Stretches the pixels of a mask, in place, so that their 0.5th percentile becomes 0 and their 99.9th 1; values beyond are clipped.
 *
 * For sources without a meaning of their own (film scans, raw counts). Ours.
 */
export function stretchByPercentiles(pixels: Float32Array, mask: Uint8Array): void {
  const bins = 4096;
  const histogram = new Uint32Array(bins);
  let count = 0;
  for (let at = 0; at < pixels.length; at++) {
    if (mask[at] === 0) continue;
    histogram[Math.min(bins - 1, Math.max(0, Math.floor(pixels[at]! * bins)))]!++;
    count++;
  }
  const histogramQuantile = (q: number): number => {
    let left = q * count;
    for (let bin = 0; bin < bins; bin++) {
      left -= histogram[bin]!;
      if (left <= 0) return (bin + 0.5) / bins;
    }
    return 1;
  };
  const low = histogramQuantile(0.005);
  const range = histogramQuantile(0.999) - low;
  for (let at = 0; at < pixels.length; at++) {
    if (mask[at] === 0) continue;
    pixels[at] = range > 0 ? Math.min(Math.max((pixels[at]! - low) / range, 0), 1) : 0;
  }
}
