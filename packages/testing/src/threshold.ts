/** How a value has to stand to its target. */
export type Operator = ">=" | "<=" | ">" | "<" | "=";

/** A stated target for one number, and whether the number reaches it. */
export interface Threshold {
  /** Without spaces, so that the line can be read by `awk`. */
  readonly name: string;
  readonly value: number;
  readonly operator: Operator;
  readonly target: number;
  readonly reached: boolean;
}

const holds: Readonly<Record<Operator, (value: number, target: number) => boolean>> = {
  ">=": (value, target) => value >= target,
  "<=": (value, target) => value <= target,
  ">": (value, target) => value > target,
  "<": (value, target) => value < target,
  "=": (value, target) => value === target,
};

/**
 * Compares a value with its target; NaN reaches none.
 *
 * @throws RangeError for a name with spaces
 */
export function threshold(name: string, value: number, operator: Operator, target: number): Threshold {
  if (!/^\S+$/.test(name)) throw new RangeError(`Expected a name without spaces for a threshold, got ${JSON.stringify(name)}`);
  return { name, value, operator, target, reached: holds[operator](value, target) };
}

/**
 * The closing line of a program that states a threshold: `bar NAME VALUE OP TARGET ok|short`.
 *
 * @example console.log(thresholdLine(threshold("conv.speedup", 2.31, ">=", 2))); // bar conv.speedup 2.31 >= 2 ok
 */
export function thresholdLine({ name, value, operator, target, reached }: Threshold): string {
  return `bar ${name} ${Number(value.toPrecision(4))} ${operator} ${target} ${reached ? "ok" : "short"}`;
}
