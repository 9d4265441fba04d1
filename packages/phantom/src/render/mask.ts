import type { Box } from "@mammo/mammogram";
import type { Layer } from "./layer.ts";

/** A mask ends where a lesion has this share of its greatest contrast. */
const visibleShare = 0.12;

/** The visible part of a layer and the box tight around it; undefined where the lesion lies outside the image. */
export function tightMask(layer: Layer): { readonly box: Box; readonly mask: Uint8Array } | undefined {
  const whole = layerMask(layer, visibleShare);
  const { box } = layer;
  const width = box.right - box.left;
  let [top, left, bottom, right] = [box.bottom, box.right, box.top, box.left];
  for (let r = box.top; r < box.bottom; r++)
    for (let c = box.left; c < box.right; c++)
      if (whole[(r - box.top) * width + c - box.left]) {
        top = Math.min(top, r);
        left = Math.min(left, c);
        bottom = Math.max(bottom, r + 1);
        right = Math.max(right, c + 1);
      }
  if (bottom <= top) return undefined;
  const mask = new Uint8Array((bottom - top) * (right - left));
  for (let r = top; r < bottom; r++)
    mask.set(whole.subarray((r - box.top) * width + left - box.left, (r - box.top) * width + right - box.left), (r - top) * (right - left));
  return { box: { top, left, bottom, right }, mask };
}

/** A mask of rows of `width`, each turned round. */
export function mirroredMask(mask: Uint8Array, width: number): Uint8Array {
  return mask.map((_, i) => mask[i - (i % width) + width - 1 - (i % width)]!);
}

/** Where a layer has at least `share` of its largest value: 1 inside, 0 outside. */
function layerMask(layer: Layer, share: number): Uint8Array {
  const peak = layer.values.reduce((most, value) => Math.max(most, value), 0);
  return Uint8Array.from(layer.values, (value) => (peak > 0 && value >= share * peak ? 1 : 0));
}
