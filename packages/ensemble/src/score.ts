import { quantile, requireKnownKeys } from "@mammo/mammogram";

/** 1 (least) to 10 (most suspicious). */
export type Score = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

type Nine<T> = readonly [T, T, T, T, T, T, T, T, T];

/** The set of cases that a scale was made from. */
export interface ScaleReference {
  /** SHA-256 of the set's manifest, 64 hexadecimal digits. */
  readonly sha256: string;
  readonly cases: number;
  /** Shares of the reference below each cut. */
  readonly quantiles: Nine<number>;
}

/** Where the scores change: plain JSON. */
export interface ScoreScale {
  readonly name: string;
  /** Calibrated probabilities in [0, 1], never falling; between two equal cuts lies a score that is never given. */
  readonly cuts: Nine<number>;
  /** Absent in a scale whose cuts were set by hand (anchored on risk). */
  readonly reference?: ScaleReference;
}

/** Deciles of the reference population. Ours: the cut points of the marketed 1-10 scales are not public. */
export const deciles: Nine<number> = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/**
 * Calibrated probability in [0, 1] to 1 ... 10: one more than the number of cuts at or below it. Never falls.
 *
 * @throws RangeError for a probability outside [0, 1], and for a scale that has not nine cuts that never fall.
 * @example toScore(0.02, { name: "by risk", cuts: [0.001, 0.002, 0.003, 0.005, 0.008, 0.015, 0.03, 0.06, 0.15] }); // 7
 */
export function toScore(probability: number, scale: ScoreScale): Score {
  if (!(probability >= 0 && probability <= 1)) throw new RangeError(`Expected a probability in [0, 1], got ${probability}`);
  parseScale(scale);
  return (1 + scale.cuts.filter((cut) => cut <= probability).length) as Score;
}

/**
 * Cuts at quantiles of a reference population's calibrated probabilities, stored with the hash of that population.
 *
 * probabilities in [0, 1], at least ten; the highest of each woman's breasts if exams are to spread evenly over the scores.
 * Quantiles are linear between order statistics (type 7 of Hyndman and Fan).
 *
 * Source: ours.
 *
 * @throws RangeError for fewer than ten cases, probabilities outside [0, 1], quantiles that are not nine in [0, 1] or fall, and for a hash that is not 64 hexadecimal digits.
 * @example const scale = fitScale("deciles of the validation set", probabilities, { sha256: cohort.sha256 });
 */
export function fitScale(
  name: string,
  probabilities: ArrayLike<number>,
  options: { readonly sha256: string; readonly quantiles?: Nine<number> },
): ScoreScale {
  requireKnownKeys("fitScale", options, { sha256: true, quantiles: true });
  const { sha256, quantiles = deciles } = options;
  checkHash(sha256);
  if (probabilities.length < 10) throw new RangeError(`Expected at least 10 reference cases, got ${probabilities.length}`);
  checkNine(quantiles, "quantiles");
  const sorted = Float64Array.from(probabilities).sort();
  // NaN sorts to the end, so both ends tell of all.
  for (const end of [sorted[0]!, sorted.at(-1)!]) if (!(end >= 0 && end <= 1)) throw new RangeError(`Expected probabilities in [0, 1], got ${end}`);
  // Rounding may step over the next order statistic, where the next cut may lie: cuts may not fall.
  const cut = (share: number) => Math.min(quantile(sorted, share), sorted[Math.ceil((sorted.length - 1) * share)]!);
  const cuts = quantiles.map(cut) as unknown as Nine<number>;
  return { name, cuts, reference: { sha256, cases: probabilities.length, quantiles } };
}

function checkNine(values: readonly number[], name: string): void {
  const rising =
    Array.isArray(values) &&
    values.length === 9 &&
    values.every((value, i) => typeof value === "number" && value >= (i === 0 ? 0 : values[i - 1]) && value <= 1);
  if (!rising)
    throw new RangeError(`Expected nine ${name} in [0, 1] that never fall, got ${Array.isArray(values) ? `[${values.join(", ")}]` : String(values)}`);
}

function checkHash(sha256: unknown): void {
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    throw new RangeError(`Expected sha256 as 64 hexadecimal digits, got ${JSON.stringify(sha256)}`);
}

/**
 * A scale from elsewhere, such as JSON, or an error that names what is wrong with it.
 *
 * @throws TypeError for what is no object with a name, RangeError for cuts that are not nine in [0, 1] or fall, and for a reference without hash, cases or quantiles.
 * @example const scale = parseScale(JSON.parse(await readFile("scale.json", "utf8")));
 */
export function parseScale(value: unknown): ScoreScale {
  if (typeof value !== "object" || value === null || typeof (value as ScoreScale).name !== "string")
    throw new TypeError(`Expected a scale with a name, got ${value === null ? "null" : typeof value}`);
  const { cuts, reference } = value as ScoreScale;
  checkNine(cuts, "cuts");
  if (reference !== undefined) {
    if (typeof reference !== "object" || reference === null)
      throw new TypeError(`Expected the reference of a scale to be an object, got ${String(reference)}`);
    checkHash(reference.sha256);
    if (!(Number.isInteger(reference.cases) && reference.cases >= 10))
      throw new RangeError(`Expected at least 10 reference cases, got ${reference.cases}`);
    checkNine(reference.quantiles, "quantiles");
  }
  return value as ScoreScale;
}
