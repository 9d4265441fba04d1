import { type Box, requireExtent } from "@mammo/mammogram";

/**
 * Boxes -> [N, 4] row-major, each as top, left, bottom, right: the order of all tensors of boxes here.
 *
 * @throws RangeError for a box without extent.
 */
export function flatBoxes(boxes: readonly Box[]): Float32Array {
  return Float32Array.from(
    boxes.flatMap((box, index) => {
      const { top, left, bottom, right } = requireExtent(box, `box ${index}`);
      return [top, left, bottom, right];
    }),
  );
}

/** Box `index` of [N, 4]. */
export function boxAt(boxes: Float32Array, index: number): Box {
  return { top: boxes[4 * index]!, left: boxes[4 * index + 1]!, bottom: boxes[4 * index + 2]!, right: boxes[4 * index + 3]! };
}

/** Intersection over union of box i of `a` and box j of `b`, in [0, 1]; without objects, since anchors go into the hundred thousands. */
export function flatIou(a: Float32Array, i: number, b: Float32Array, j: number): number {
  const [p, q] = [4 * i, 4 * j];
  const height = Math.min(a[p + 2]!, b[q + 2]!) - Math.max(a[p]!, b[q]!);
  const width = Math.min(a[p + 3]!, b[q + 3]!) - Math.max(a[p + 1]!, b[q + 1]!);
  if (!(height > 0 && width > 0)) return 0;
  const areas = (a[p + 2]! - a[p]!) * (a[p + 3]! - a[p + 1]!) + (b[q + 2]! - b[q]!) * (b[q + 3]! - b[q + 1]!);
  return (height * width) / (areas - height * width);
}

/**
 * How many boxes an array of [N, 4] holds.
 *
 * @throws RangeError where its length is no multiple of 4.
 */
export function boxCount(boxes: Float32Array, name: string): number {
  if (boxes.length % 4 !== 0) throw new RangeError(`Expected ${name} as [N, 4], four numbers a box, got ${boxes.length} numbers.`);
  return boxes.length / 4;
}
