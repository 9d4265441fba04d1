/** Each different score, rising, with its positives and its cases. */
export function tiedScores(scores: ArrayLike<number>, labels: ArrayLike<number>) {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const [distinct, positives, counts]: [number[], number[], number[]] = [[], [], []];
  for (const i of order) {
    if (distinct.at(-1) !== scores[i]) {
      distinct.push(scores[i]!);
      positives.push(0);
      counts.push(0);
    }
    positives[positives.length - 1]! += labels[i]!;
    counts[counts.length - 1]!++;
  }
  return { distinct, positives, counts };
}
