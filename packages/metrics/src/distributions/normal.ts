import { studentTwoSided } from "./student.ts";

/** Φ(z), the share of the standard normal distribution below z. */
export function normalCdf(z: number): number {
  const tail = normalTwoSided(z) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** Two-sided p-value of a standard normal z: exact far out, where 1 - Φ would lose all digits. */
export function normalTwoSided(z: number): number {
  return studentTwoSided(z, Infinity);
}

/** Φ⁻¹(p): ±Infinity at 1 and 0. A first guess (Acklam 2003, error 1e-9) made exact by two steps of Halley's method. */
export function normalQuantile(p: number): number {
  if (p <= 0) return p === 0 ? -Infinity : NaN;
  if (p > 0.5) return p >= 1 ? (p === 1 ? Infinity : NaN) : -normalQuantile(1 - p);
  let z = guess(p);
  for (let step = 0; step < 2; step++) {
    const u = (normalCdf(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
    z -= u / (1 + (z * u) / 2);
  }
  return z;
}

function guess(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      polynomial(q, [-7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783]) /
      polynomial(q, [7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1])
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    (q * polynomial(r, [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239])) /
    polynomial(r, [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1])
  );
}

/** Highest power first. */
function polynomial(x: number, terms: readonly number[]): number {
  return terms.reduce((sum, term) => sum * x + term, 0);
}
