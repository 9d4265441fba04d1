import { quantile, requireKnownKeys, sortedNumbers } from "@mammo/mammogram";
import { checkLabeled } from "../checkLabeled.ts";
import { parseScale, type ScoreScale } from "../score.ts";

/**
 * Cuts anchored on risk: a score of 6 or more is the best compromise on the reference, a score below 4 (1, 2, 3) rules cancer out with at least the wanted negative predictive value.
 *
 * The cut of 6 has the highest sensitivity + specificity (Youden's J; the lowest of equals). The cut of 4 is the highest at which those below it are cancer-free in `minNpv` (default 0.98) of the
 * cases, and not above the cut of 6. Between: 2 and 3 at thirds of the cases below 4; 5 halfway (in cases) between 4 and 6; 7 to 10 at 40, 65, 85 and 95 % of the cases at 6 and above.
 *
 * probabilities: calibrated, of exams or breasts, at least 50; labels 0 or 1, both. On an enriched reference the negative predictive value is that of its own share of cancers:
 * `prevalence` weighs the classes to another one.
 *
 * Source: the two anchors are documented on the page of the marketed scale (6 the best compromise, below 4 a negative predictive value of .98); all else is ours.
 *
 * @throws RangeError for fewer than 50 cases, probabilities outside [0, 1], one class only, minNpv outside (0, 1), a prevalence outside (0, 1), a hash that is not 64 hexadecimal digits, and
 * a reference on which no cut reaches `minNpv`.
 * @example const scale = fitRiskScale("risk on the validation set", probabilities, labels, { sha256: cohort.sha256, prevalence: 0.005 });
 */
export function fitRiskScale(
  name: string,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: { readonly sha256: string; readonly minNpv?: number; readonly prevalence?: number },
): ScoreScale {
  requireKnownKeys("fitRiskScale", options, { sha256: true, minNpv: true, prevalence: true });
  const { sha256, minNpv = 0.98, prevalence } = options;
  checkLabeled(probabilities, labels);
  if (probabilities.length < 50) throw new RangeError(`Expected at least 50 reference cases, got ${probabilities.length}`);
  for (let i = 0; i < probabilities.length; i++)
    if (!(probabilities[i]! >= 0 && probabilities[i]! <= 1)) throw new RangeError(`Expected probabilities in [0, 1], got ${probabilities[i]}`);
  for (const [what, share] of Object.entries({ minNpv, prevalence: prevalence ?? 0.5 }))
    if (!(share > 0 && share < 1)) throw new RangeError(`Expected ${what} in (0, 1), got ${share}`);
  const { youden, npv } = anchors(probabilities, labels, { minNpv, prevalence });
  if (npv === undefined) throw new RangeError(`Expected a reference with a cut of negative predictive value ${minNpv}, got none`);
  const [four, six] = [Math.min(npv, youden), youden];
  const sorted = sortedNumbers(probabilities);
  const [low, middle, high] = [sorted.filter((p) => p < four), sorted.filter((p) => p >= four && p < six), sorted.filter((p) => p >= six)];
  // An empty range has no quantiles: its cuts fall together, and the scores between are never given.
  const within = (part: Float64Array, share: number, otherwise: number) => (part.length > 0 ? quantile(part, share) : otherwise);
  const cuts = [
    within(low, 1 / 3, four),
    within(low, 2 / 3, four),
    four,
    Math.min(six, Math.max(four, within(middle, 0.5, six))),
    six,
    ...[0.4, 0.65, 0.85, 0.95].map((share) => Math.max(six, within(high, share, six))),
  ] as unknown as ScoreScale["cuts"];
  const quantiles = cuts.map((cut) => sorted.filter((p) => p < cut).length / sorted.length) as unknown as ScoreScale["cuts"];
  return parseScale({ name, cuts, reference: { sha256, cases: probabilities.length, quantiles } });
}

/** Each different probability as a cut, from the lowest: the one of the highest J, and the highest whose cases below are cancer-free often enough. */
function anchors(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { minNpv, prevalence }: { readonly minNpv: number; readonly prevalence: number | undefined },
): { readonly youden: number; readonly npv: number | undefined } {
  const order = Array.from(probabilities, (_, i) => i).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) throw new RangeError(`Expected labels of both classes, got ${positives} positive of ${labels.length}`);
  const share = prevalence ?? positives / labels.length;
  let [missed, spared, best] = [0, 0, -Infinity];
  let [youden, npv]: [number, number | undefined] = [probabilities[order[0]!]!, undefined];
  for (let k = 0; k < order.length; k++) {
    const cut = probabilities[order[k]!]!;
    if (k === 0 || cut !== probabilities[order[k - 1]!]) {
      const [sensitivity, specificity] = [1 - missed / positives, spared / negatives];
      if (sensitivity + specificity > best) [best, youden] = [sensitivity + specificity, cut];
      const [healthy, ill] = [(1 - share) * specificity, share * (1 - sensitivity)];
      if (healthy > 0 && healthy / (healthy + ill) >= minNpv) npv = cut;
    }
    if (labels[order[k]!] === 1) missed++;
    else spared++;
  }
  return { youden, npv };
}
