/** A fraction of whole numbers of any size: the slow twin's arithmetic, in which nothing is ever rounded. */
export type Fraction = readonly [numerator: bigint, denominator: bigint];

const gcd = (a: bigint, b: bigint): bigint => {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
};
const reduced = (n: bigint, d: bigint): Fraction => {
  const common = gcd(n, d) || 1n;
  return d < 0n ? [-n / common, -d / common] : [n / common, d / common];
};
const whole = (n: number): Fraction => [BigInt(n), 1n];
const zero = whole(0);
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => reduced(a * d + c * b, b * d);
const minus = (x: Fraction, [c, d]: Fraction): Fraction => plus(x, [-c, d]);
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => reduced(a * c, b * d);
const over = ([a, b]: Fraction, [c, d]: Fraction): Fraction => reduced(a * d, b * c);
const positive = (x: Fraction): Fraction => (x[0] > 0n ? x : zero);
const sum = (list: readonly Fraction[]): Fraction => list.reduce(plus, zero);
const mean = (list: readonly Fraction[]): Fraction => over(sum(list), whole(list.length));

/** Nearest double, nearly: 70 bits of the quotient. */
export function toNumber([n, d]: Fraction): number {
  if (n === 0n) return 0;
  const shift = BigInt(d.toString(2).length - n.toString(2).length + 70);
  const bits = shift >= 0n ? (n << shift) / d : n / (d << -shift);
  return Number(bits) * 2 ** -Number(shift);
}

type Kernel = readonly (readonly bigint[])[];
const product = (a: readonly bigint[], b: readonly bigint[]): bigint => a.reduce((total, value, i) => total + value * b[i]!, 0n);
const all = (a: readonly bigint[]): bigint => a.reduce((total, value) => total + value, 0n);
const columns = (k: Kernel): bigint[] => k[0]!.map((_, j) => all(k.map((row) => row[j]!)));

/** Sample covariance of two lists of whole numbers. */
const covarianceOf = (a: readonly bigint[], b: readonly bigint[]): Fraction => {
  const n = BigInt(a.length);
  return reduced(n * product(a, b) - all(a) * all(b), n * (n - 1n));
};

/** Covariance of two areas by the definition of each estimator; kernels hold 2, 1, 0 for pairs won, tied, lost. */
export const estimators = {
  delong(a: Kernel, b: Kernel): Fraction {
    const [m, n] = [BigInt(a.length), BigInt(a[0]!.length)];
    const rows = covarianceOf(a.map(all), b.map(all));
    const down = covarianceOf(columns(a), columns(b));
    return plus(over(rows, [4n * n * n * m, 1n]), over(down, [4n * m * m * n, 1n]));
  },
  unbiased(a: Kernel, b: Kernel): Fraction {
    const [m, n] = [a.length, a[0]!.length];
    let apart = 0n;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < m; k++) for (let l = 0; l < n; l++) if (i !== k && j !== l) apart += a[i]![j]! * b[k]![l]!;
    return minus(times(area(a), area(b)), reduced(apart, BigInt(4 * m * n * (m - 1) * (n - 1))));
  },
  jackknife(a: Kernel, b: Kernel): Fraction {
    const [x, y] = [leftOut(a), leftOut(b)];
    const [meanX, meanY] = [mean(x), mean(y)];
    const g = whole(x.length);
    return over(times(minus(g, whole(1)), sum(x.map((value, i) => times(minus(value, meanX), minus(y[i]!, meanY))))), g);
  },
} as const;

const area = (k: Kernel): Fraction => reduced(all(k.map(all)), BigInt(2 * k.length * k[0]!.length));
const leftOut = (k: Kernel): Fraction[] => [
  ...k.map((_, left) => area(k.filter((__, i) => i !== left))),
  ...k[0]!.map((_, left) => area(k.map((row) => row.filter((__, j) => j !== left)))),
];

export function kernelOf(labels: readonly number[], scores: readonly number[]): Kernel {
  const side = (label: number) => scores.filter((_, i) => labels[i] === label);
  return side(1).map((p) => side(0).map((q) => (p > q ? 2n : p === q ? 1n : 0n)));
}

const spreadOf = (areas: readonly Fraction[]): Fraction =>
  over(
    sum(
      areas.map((value) => {
        const gap = minus(value, mean(areas));
        return times(gap, gap);
      }),
    ),
    whole(areas.length - 1),
  );

/** One algorithm against J readers. `squared`: the standard error, squared. */
export function exactAiVersusReaders(ai: Kernel, readers: readonly Kernel[], covariance: (a: Kernel, b: Kernel) => Fraction) {
  const J = readers.length;
  const estimate = minus(area(ai), mean(readers.map(area)));
  const spread = spreadOf(readers.map(area));
  const between: Fraction[] = [];
  for (const [j, a] of readers.entries())
    for (const [k, b] of readers.entries())
      if (j !== k) between.push(plus(minus(minus(covariance(ai, ai), covariance(ai, a)), covariance(ai, b)), covariance(a, b)));
  const total = plus(spread, times(whole(J), positive(mean(between))));
  return { estimate, squared: over(total, whole(J)), ...satterthwaite(total, spread, J - 1) };
}

/** The test of two treatments with random readers and cases. */
export function exactMrmc(ratings: readonly (readonly Kernel[])[], covariance: (a: Kernel, b: Kernel) => Fraction) {
  const [I, J] = [ratings.length, ratings[0]!.length];
  const areas = ratings.map((row) => row.map(area));
  const treatments = areas.map(mean);
  const readers = areas[0]!.map((_, j) => mean(areas.map((row) => row[j]!)));
  const treatment = times(whole(J), spreadOf(treatments));
  const residuals = areas.flatMap((row, i) => row.map((value, j) => plus(minus(minus(value, treatments[i]!), readers[j]!), mean(treatments))));
  const interaction = over(sum(residuals.map((value) => times(value, value))), whole((I - 1) * (J - 1)));
  const [same, cross]: [Fraction[], Fraction[]] = [[], []];
  for (let i = 0; i < I; i++)
    for (let i2 = 0; i2 < I; i2++)
      for (let j = 0; j < J; j++)
        for (let k = 0; k < J; k++) if (j !== k) (i === i2 ? same : cross).push(covariance(ratings[i]![j]!, ratings[i2]![k]!));
  const denominator = plus(interaction, times(whole(J), positive(minus(mean(same), mean(cross)))));
  const statistic = treatment[0] === 0n ? 0 : denominator[0] === 0n ? Infinity : toNumber(over(treatment, denominator));
  return { statistic, squared: over(times(whole(2), denominator), whole(J)), ...satterthwaite(denominator, interaction, (I - 1) * (J - 1)) };
}

function satterthwaite(total: Fraction, meanSquare: Fraction, df: number) {
  if (meanSquare[0] === 0n) return { df: Infinity };
  const ratio = over(total, meanSquare);
  return { df: toNumber(times(times(ratio, ratio), whole(df))) };
}
