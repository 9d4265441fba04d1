/** One line of a picture's key: its words, as HTML, and the class of its color: a line's (s0) or a bar's (f0). */
export interface KeyLine {
  readonly name: string;
  readonly series: string;
}

const number = "[\\d.-]+";
const words = `<text text-anchor="end" x="${number}" y="${number}">([^<]*)</text>\n`;
const keyLines = new RegExp(
  `<(?:path class="line (s\\d)" d="M${number} ${number}h20"|rect class="bar (f\\d)" x="${number}" y="${number}" width="12" height="12")/>${words}`,
  "g",
);
const dashes = ["", ' stroke-dasharray="7 3"', ' stroke-dasharray="2 3"', ' stroke-dasharray="7 3 2 3"'];

/**
 * A plot of @mammo/metrics with its key below the axes, where it covers no curve. Beyond eight curves, which is how many colors there are, the next ones are dashed.
 */
export function keyBelow(svg: string): string {
  const lines = [...svg.matchAll(keyLines)].map(([, line, bar, name]) => ({ series: (line ?? bar)!, name: name! }));
  let curves = 0;
  const dashed = svg.replace(keyLines, "").replace(/<path class="line s\d"/g, (path) => `${path}${dashOf(curves++)}`);
  return withKey(dashed, lines, curves);
}

/** A plot with a key below it; of its lines the first `curves` are those of the curves, in their order. */
export function withKey(svg: string, lines: readonly KeyLine[], curves: number = lines.length): string {
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!;
  const taller = Number(height) + 18 * lines.length + (lines.length > 0 ? 6 : 0);
  const key = lines.map(({ series, name }, k) => {
    const y = Number(height) + 6 + 18 * k;
    const sample = series.startsWith("f")
      ? `<rect class="bar ${series}" x="62" y="${y - 10}" width="24" height="11"/>`
      : `<path class="line ${series}"${k < curves ? dashOf(k) : ""} d="M62 ${y - 4}h24"/>`;
    return `${sample}<text x="94" y="${y}">${name}</text>\n`;
  });
  return svg
    .replace(
      `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
      `viewBox="0 0 ${width} ${taller}" width="${width}" height="${taller}"`,
    )
    .replace(`<rect class="background" width="${width}" height="${height}"/>`, `<rect class="background" width="${width}" height="${taller}"/>`)
    .replace(/<\/svg>\n$/, `${key.join("")}</svg>\n`);
}

const dashOf = (curve: number): string => dashes[Math.floor(curve / 8) % dashes.length]!;
