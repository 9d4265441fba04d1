/**
 * Tails of the F distribution and of its limits, in every regime: degrees of freedom from below 1 to Infinity, probabilities down to 1e-300.
 *
 * In w = ln f the density is log-concave. A tail is the density at its end times ∫ exp(-decay(s)) ds over the way outward, where decay is a sum of terms
 * that are never negative: nothing cancels, whatever the degrees of freedom. The density itself is written by deviances and Stirling errors
 * (Loader 2000), for the same reason. Ours in this form.
 *
 * a and b: half the degrees of freedom below and above; a may be Infinity (chi-square over its degrees of freedom). f and how far it lies above 1, which the
 * caller may know better than f - 1. In [0, 1].
 */
export function upperTail(ratio: Ratio, a: number, b: number): number {
  const { f, above } = ratio;
  if (Number.isNaN(f + above + a + b)) return NaN;
  if (f <= 0) return 1;
  if (above >= 0) return tailBeyond(ratio, a, b);
  // Below 1 the other side is the short way, and there everything is the other way round: 1 / F has its degrees of freedom exchanged.
  return 1 - tailBeyond({ f: 1 / f, above: -above / f, log: -ratio.log }, b, a);
}

/** A value of F, with its distance from 1 and its logarithm. */
export interface Ratio {
  readonly f: number;
  readonly above: number;
  readonly log: number;
}

/** P(F > f) for f >= 1. */
function tailBeyond({ f, above, log }: Ratio, a: number, b: number): number {
  if (a === Infinity && b === Infinity) return above > 0 ? 0 : 0.5;
  const tail = a === Infinity ? gammaUpper(f, above, log, b) : b === Infinity ? gammaLower(f, above, log, a) : betaTail(f, above, log, a, b);
  return Math.min(1, tail);
}

/** Q(b, b f) for f >= 1: the chi-square distribution, which F becomes where a grows. */
function gammaUpper(f: number, above: number, log: number, b: number): number {
  const [drift, spread] = [b * above, b * f];
  if (spread === Infinity) return 0;
  return (
    Math.sqrt(b / tau) * Math.exp(-stirlingError(b) - b * deviance(above, log)) * integral((s) => drift * s + spread * expMinusLine(s), drift, spread)
  );
}

/** P(a, a / f) for f >= 1: what F becomes where b grows. */
function gammaLower(f: number, above: number, log: number, a: number): number {
  const inward = inwardOf(f, above);
  const [drift, spread] = [a * inward, a / f];
  return (
    Math.sqrt(a / tau) *
    Math.exp(-stirlingError(a) - a * deviance(-inward, -log)) *
    integral((s) => drift * s + spread * expMinusLine(-s), drift, spread)
  );
}

function betaTail(f: number, above: number, log: number, a: number, b: number): number {
  const n = a + b;
  // y is the beta variable of f, x = 1 - y; written so that neither overflows.
  const [x, y] = [a / f / (a / f + b), b / (a / f + b)];
  // (a + b) x / a and (a + b) y / b, less 1.
  const inward = inwardOf(f, above);
  const [fewer, more] = [-y * inward, (a / (a / f + b)) * inward];
  // Their logarithms. Far out x has no digits left in 1 - y, and where f overflows only its logarithm tells.
  const [logFewer, logMore] = [fewer < -0.2 ? Math.log(n / b) - log - Math.log1p(a / f / b) : Math.log1p(fewer), Math.log1p(more)];
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - a * deviance(fewer, logFewer) - b * deviance(more, logMore);
  const drift = b * more;
  const decay = (s: number) => drift * s + n * bernoulliCumulant(s, x, y);
  return Math.sqrt((a / n) * (b / tau)) * Math.exp(exponent) * integral(decay, drift, n * x * y);
}

/** 1 - 1 / f. A square may have overflowed: then only its logarithm is finite. */
const inwardOf = (f: number, above: number) => (f === Infinity ? 1 : above / f);

const tau = 2 * Math.PI;

/** ∫ exp(-decay(s)) ds from 0 on, for a convex decay with decay(0) = 0 that begins as drift s + spread s² / 2: the double exponential rule (Takahasi and Mori 1974). */
function integral(decay: (s: number) => number, drift: number, spread: number): number {
  // One scale serves the whole way, since a convex function that is 1 there stays below the line before and above the line behind.
  let scale = 2 / (drift + Math.sqrt(drift * drift + 2 * spread));
  while (decay(scale) < 0.5) scale *= 2;
  while (decay(scale) > 2) scale /= 2;
  let sum = 0;
  for (const { place, weight } of rule) {
    const share = Math.exp(-decay(scale * place));
    if (share === 0) break;
    sum += weight * share;
  }
  return scale * sum;
}

/** s = exp(u - exp(-u)) at even steps of u: beyond them nothing is left in double precision. */
const rule = Array.from({ length: 163 }, (_, k) => {
  const u = (k - 72) / 20;
  const place = Math.exp(u - Math.exp(-u));
  return { place, weight: (place * (1 + Math.exp(-u))) / 20 };
});

/** e^t - 1 - t, never negative, accurate near 0. */
function expMinusLine(t: number): number {
  if (!(Math.abs(t) <= 0.5)) return Math.expm1(t) - t;
  let [term, sum] = [(t * t) / 2, 0];
  for (let k = 3; sum + term !== sum; k++) {
    sum += term;
    term *= t / k;
  }
  return sum;
}

/** ln(x + y e^s) - y s for x + y = 1: never negative, about x y s² / 2 near 0. */
function bernoulliCumulant(s: number, x: number, y: number): number {
  if (s > 30) return x * s + (x < 0.5 ? Math.log1p(x * Math.expm1(-s)) : Math.log(y + x * Math.exp(-s)));
  return Math.log1p(x * expMinusLine(-y * s) + y * expMinusLine(x * s));
}

/** d - ln(1 + d), given that logarithm too: never negative, accurate near 0. */
export function deviance(d: number, log: number): number {
  if (!(Math.abs(d) <= 0.2)) return d - log;
  // ln(1 + d) = 2 artanh(r) with r = d / (2 + d), and d = 2 r + r d.
  const r = d / (2 + d);
  let [power, sum] = [r * r * r, 0];
  for (let k = 3; sum + power / k !== sum; k += 2) {
    sum += power / k;
    power *= r * r;
  }
  return r * d - 2 * sum;
}

/** ln Γ(z + 1) - (z + ½) ln z + z - ½ ln 2π for z > 0. */
export function stirlingError(z: number): number {
  let shifted = 0;
  for (; z < 16; z++) shifted += (z + 0.5) * Math.log1p(1 / z) - 1;
  const s = 1 / (z * z);
  return shifted + (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) / z;
}
