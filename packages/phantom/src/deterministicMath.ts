// Engines may differ in the last bit of Math.exp, Math.sin and their kin (ECMA-262 21.3: "implementation-approximated"). Only + - * / and
// Math.sqrt are exact everywhere, so what a phantom needs is built from these: the same bytes on every machine. Enough for images: errors < 1e-7.

/** e^x, 0 below -80. */
export function exp(x: number): number {
  if (x < -80) return 0;
  // e^x = (e^(x/256))^256: a short series where it converges fast, then eight squarings.
  const y = x / 256;
  let power = 1 + y * (1 + y * (1 / 2 + y * (1 / 6 + y * (1 / 24 + y * (1 / 120 + y / 720)))));
  for (let i = 0; i < 8; i++) power *= power;
  return power;
}

/** Sine of an angle in radians. */
export function sin(angle: number): number {
  const turns = angle / (2 * Math.PI);
  const x = (turns - Math.round(turns)) * 2 * Math.PI;
  const near = x > Math.PI / 2 ? Math.PI - x : x < -Math.PI / 2 ? -Math.PI - x : x;
  const z = near * near;
  return near * (1 - (z / 6) * (1 - (z / 20) * (1 - (z / 42) * (1 - (z / 72) * (1 - (z / 110) * (1 - z / 156))))));
}

/** Cosine of an angle in radians. */
export function cos(angle: number): number {
  return sin(angle + Math.PI / 2);
}

/** 0 up to `low`, 1 from `high` on, smooth between. */
export function smoothStep(low: number, high: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}
