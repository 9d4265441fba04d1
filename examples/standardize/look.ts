import { breastMask, type Grid, type MammoHeader, type ReadMammogramOptions, type StandardImage } from "@mammo/io";
import type { Input } from "./inputs.ts";

/** A standard image, and what it was cut from. */
export interface Look {
  readonly header: MammoHeader | undefined;
  readonly image: StandardImage;
  /** All of the source at the standard image's pitch, and the breast in it. */
  readonly whole: Grid;
  readonly mask: Uint8Array;
}

/** Reads one input, keeping what the mask model saw and answered. */
export async function lookAt(input: Input, options: ReadMammogramOptions): Promise<Look> {
  let seen: Pick<Look, "whole" | "mask"> | undefined;
  const { header, image } = await input.read({
    ...options,
    mask(whole, known) {
      const mask = breastMask(whole, known);
      seen = { whole, mask };
      return mask;
    },
  });
  return { header, image, ...seen! };
}
