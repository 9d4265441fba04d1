import { breastMask, type MammoHeader, type ReadMammogramOptions, type StandardImage } from "@mammo/io";
import type { Grid } from "@mammo/mammogram";
import { requireKnownKeys } from "@mammo/mammogram";
import type { ImageSource } from "./listSources.ts";

/** A standard image, and what it was cut from. */
export interface SegmentedSource {
  readonly header: MammoHeader | undefined;
  readonly image: StandardImage;
  /** All of the source at the standard image's pitch, and the breast in it. */
  readonly whole: Grid;
  readonly mask: Uint8Array;
}

/** Reads one source, keeping what the mask model saw and answered. */
export async function segmentSource(source: Pick<ImageSource, "read">, options: ReadMammogramOptions): Promise<SegmentedSource> {
  requireKnownKeys("segmentSource", options, {
    limits: true,
    codecs: true,
    voi: true,
    frame: true,
    anySopClass: true,
    laterality: true,
    view: true,
    sourceMmPerPixel: true,
    sha256: true,
    size: true,
    mmPerPixel: true,
    mask: true,
  });
  let seen: Pick<SegmentedSource, "whole" | "mask"> | undefined;
  const { header, image } = await source.read({
    ...options,
    mask(whole, known) {
      const mask = breastMask(whole, known);
      seen = { whole, mask };
      return mask;
    },
  });
  return { header, image, ...seen! };
}
