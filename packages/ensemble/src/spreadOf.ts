import { minMax } from "@mammo/mammogram";

/** Mean and standard deviation of finite numbers, 1 for equal ones: what a search is scaled by. Numbers so large or small that squares lose them are scaled first. */
export function spreadOf(list: ArrayLike<number>): { readonly center: number; readonly spread: number } {
  const [low, high] = minMax(list);
  const size = Math.max(-low, high);
  const unit = size > 1e100 || size < 1e-100 ? size || 1 : 1;
  const values = Array.from(list, (value) => value / unit);
  const center = values.reduce((sum, value) => sum + value / values.length, 0);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2 / values.length, 0));
  // Below, the quotient by a spread would have no number.
  return { center: center * unit, spread: spread * unit > 1e-300 ? spread * unit : 1 };
}
