/** How a value has to stand to its target. */
export type Comparison = ">=" | "<=" | ">" | "<" | "=";

/** A stated bar and whether it is reached. */
export interface Bar {
  /** Without spaces, so that the line can be read by `awk`. */
  readonly name: string;
  readonly value: number;
  readonly comparison: Comparison;
  readonly target: number;
  readonly reached: boolean;
}

const holds: Readonly<Record<Comparison, (value: number, target: number) => boolean>> = {
  ">=": (value, target) => value >= target,
  "<=": (value, target) => value <= target,
  ">": (value, target) => value > target,
  "<": (value, target) => value < target,
  "=": (value, target) => value === target,
};

/** Compares a value with its target; a NaN reaches nothing. Throws RangeError for a name with spaces. */
export function makeBar(name: string, value: number, comparison: Comparison, target: number): Bar {
  if (!/^\S+$/.test(name)) throw new RangeError(`Expected a bar name without spaces, got ${JSON.stringify(name)}`);
  return { name, value, comparison, target, reached: holds[comparison](value, target) };
}

/**
 * The closing line of every program that proves a bar: `bar NAME VALUE OP TARGET ok|short`.
 *
 * @example console.log(barLine(makeBar("conv.speedup", 2.31, ">=", 2))); // bar conv.speedup 2.31 >= 2 ok
 */
export function barLine({ name, value, comparison, target, reached }: Bar): string {
  return `bar ${name} ${Number(value.toPrecision(4))} ${comparison} ${target} ${reached ? "ok" : "short"}`;
}
