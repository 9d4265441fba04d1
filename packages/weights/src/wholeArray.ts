/** Numbers and the shape that they are said to have. */
interface Shaped {
  readonly shape: readonly number[];
  readonly data: { readonly length: number };
}

/** What is wrong with an array, as the text of an error; undefined where its shape is of whole numbers and holds as many numbers as there are. */
export function arrayFault(name: string, { shape, data }: Shaped): string | undefined {
  if (!isShape(shape))
    return `Expected the shape of ${name} to be whole numbers, got ${Array.isArray(shape) ? `[${shape.join(", ")}]` : typeof shape}.`;
  const size = sizeOf(shape);
  return size === data?.length ? undefined : `Expected ${size} numbers in ${name} of shape [${shape.join(", ")}], got ${data?.length ?? "none"}.`;
}

/** Demands it of a caller's array. */
export function requireWholeArray(name: string, array: Shaped): void {
  const fault = arrayFault(name, array);
  if (fault !== undefined) throw new RangeError(fault);
}

/** A list of whole numbers. */
export const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && side >= 0);

/** Sides of an array whose bytes can be counted, whatever its dtype. */
export const isShape = (value: unknown): value is number[] => isCounts(value) && Number.isSafeInteger(sizeOf(value) * 8);

/** Numbers in an array of this shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((total, side) => total * side, 1);
