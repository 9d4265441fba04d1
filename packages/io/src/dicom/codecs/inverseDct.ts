// Constants of the Loeffler-Ligtenberg-Moschytz transform, times 2^13.
const f0298 = 2446;
const f0390 = 3196;
const f0541 = 4433;
const f0765 = 6270;
const f0899 = 7373;
const f1175 = 9633;
const f1501 = 12299;
const f1847 = 15137;
const f1961 = 16069;
const f2053 = 16819;
const f2562 = 20995;
const f3072 = 25172;

const work = new Float64Array(64);

/**
 * The inverse 8 x 8 transform of one dequantized block, in integers exactly as libjpeg's `jpeg_idct_islow` computes it (re-implementation), so that lossy images come out as in DCMTK and GDCM.
 *
 * Writes samples clipped to [0, 2^precision - 1] into `out` at `at`, rows `stride` apart.
 */
export function inverseDct(
  coefficients: Int32Array,
  options: { readonly out: Uint16Array; readonly at: number; readonly stride: number; readonly precision: number },
): void {
  const { out, at, stride, precision } = options;
  const pass1 = precision > 8 ? 1 : 2;
  for (let column = 0; column < 8; column++) transform(coefficients, work, { from: column, to: column, step: 8, shift: 13 - pass1 });
  const center = 1 << (precision - 1);
  const max = 2 ** precision - 1;
  for (let row = 0; row < 8; row++) {
    transform(work, work, { from: 8 * row, to: 8 * row, step: 1, shift: 13 + pass1 + 3 });
    for (let column = 0; column < 8; column++) {
      const value = work[8 * row + column]! + center;
      out[at + row * stride + column] = Math.max(0, Math.min(value, max));
    }
  }
}

function transform(
  source: Int32Array | Float64Array,
  target: Float64Array,
  options: { readonly from: number; readonly to: number; readonly step: number; readonly shift: number },
): void {
  const { from, to, step, shift } = options;
  const [s0, s1, s2, s3] = [source[from]!, source[from + step]!, source[from + 2 * step]!, source[from + 3 * step]!];
  const [s4, s5, s6, s7] = [source[from + 4 * step]!, source[from + 5 * step]!, source[from + 6 * step]!, source[from + 7 * step]!];
  const z1 = (s2 + s6) * f0541;
  const even2 = z1 - s6 * f1847;
  const even3 = z1 + s2 * f0765;
  const even0 = (s0 + s4) * 8192;
  const even1 = (s0 - s4) * 8192;
  const [t10, t13, t11, t12] = [even0 + even3, even0 - even3, even1 + even2, even1 - even2];
  const z5 = (s7 + s3 + s5 + s1) * f1175;
  const za = -(s7 + s1) * f0899;
  const zb = -(s5 + s3) * f2562;
  const zc = z5 - (s7 + s3) * f1961;
  const zd = z5 - (s5 + s1) * f0390;
  const o0 = s7 * f0298 + za + zc;
  const o1 = s5 * f2053 + zb + zd;
  const o2 = s3 * f3072 + zb + zc;
  const o3 = s1 * f1501 + za + zd;
  const scale = 2 ** -shift;
  const half = 2 ** (shift - 1);
  target[to] = Math.floor((t10 + o3 + half) * scale);
  target[to + 7 * step] = Math.floor((t10 - o3 + half) * scale);
  target[to + step] = Math.floor((t11 + o2 + half) * scale);
  target[to + 6 * step] = Math.floor((t11 - o2 + half) * scale);
  target[to + 2 * step] = Math.floor((t12 + o1 + half) * scale);
  target[to + 5 * step] = Math.floor((t12 - o1 + half) * scale);
  target[to + 3 * step] = Math.floor((t13 + o0 + half) * scale);
  target[to + 4 * step] = Math.floor((t13 - o0 + half) * scale);
}
