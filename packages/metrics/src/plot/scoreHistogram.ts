import { minMax, requireKnownKeys } from "@mammo/mammogram";
import { checkCases, type Numbers } from "../cases/checkCases.ts";
import { frame, px } from "./frame.ts";

/** Words and bins of a histogram. */
export interface ScoreHistogramOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Number of equal bins over the range of the scores; default 30. */
  readonly bins?: number;
  readonly scoreLabel?: string;
}

/**
 * How the scores of each class are spread, as an SVG text: share of the class in each bin, so that 60 cancers and 60,000 normals can be compared.
 *
 * @throws RangeError as `rocCurve` does and for bins < 1.
 * @example scoreHistogram(labels, scores, { bins: 20 });
 */
export function scoreHistogram(labels: Numbers, scores: Numbers, options: ScoreHistogramOptions = {}): string {
  requireKnownKeys("scoreHistogram", options, { title: true, subtitle: true, bins: true, scoreLabel: true });
  const { title = "Scores", subtitle, bins = 30, scoreLabel = "score" } = options;
  checkCases(labels, scores);
  if (!(Number.isInteger(bins) && bins >= 1)) throw new RangeError(`Expected bins to be a whole number >= 1, got ${bins}`);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < scores.length; i++) [low, high] = [Math.min(low, scores[i]!), Math.max(high, scores[i]!)];
  // Probabilities keep their own range; equal scores get some room.
  if (low >= 0 && high <= 1) [low, high] = [0, 1];
  else if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const counts = [new Float64Array(bins), new Float64Array(bins)] as const;
  for (let i = 0; i < scores.length; i++)
    counts[labels[i] as 0 | 1][Math.min(bins - 1, Math.floor(((scores[i]! - low) / (high - low)) * bins))]! += 1;
  const totals = counts.map((list) => list.reduce((sum, count) => sum + count, 0));
  const shares = counts.map((list, c) => list.map((count) => (totals[c] === 0 ? 0 : count / totals[c]!)));
  const most = minMax(shares.map((list) => minMax(list)[1]))[1];
  const canvas = frame({
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    width: 560,
    height: 340,
    x: { label: scoreLabel, domain: [low, high] },
    y: { label: "share of the class", domain: [0, most * 1.05] },
  });
  const body = shares.flatMap((list, series) =>
    Array.from(list, (share, b) => {
      if (share === 0) return "";
      const [from, to] = [canvas.x(low + ((high - low) * b) / bins), canvas.x(low + ((high - low) * (b + 1)) / bins)];
      return `<rect class="bar f${series}" x="${px(from)}" y="${px(canvas.y(share))}" width="${px(to - from)}" height="${px(canvas.bottom - canvas.y(share))}"/>`;
    }).filter((bar) => bar !== ""),
  );
  // The key stands at the top: bars of screening scores crowd at the lower left, cancers spread to the lower right.
  for (const [series, name] of [`negative, n = ${totals[0]}`, `positive, n = ${totals[1]}`].entries())
    body.push(
      `<rect class="bar f${series}" x="${px(canvas.right - 12)}" y="${px(canvas.top + 4 + 18 * series)}" width="12" height="12"/>` +
        `<text text-anchor="end" x="${px(canvas.right - 18)}" y="${px(canvas.top + 14 + 18 * series)}">${name}</text>`,
    );
  return canvas.svg(body);
}
