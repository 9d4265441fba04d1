import type { MammoHeader, StandardFlag, StandardImage } from "@mammo/io";
import { quantile, sortedNumbers } from "@mammo/mammogram";

/** What the drift report compares between devices. */
export interface Measurement {
  readonly device: string;
  readonly view: string;
  readonly flags: readonly StandardFlag[];
  /** Of the breast, mm. */
  readonly height: number;
  readonly width: number;
  /** Brightness within the breast. */
  readonly mean: number;
  readonly tenth: number;
  readonly ninetieth: number;
  /** Width over height of the breast in pixels: in our image, and in one stretched to the same size. */
  readonly aspect: number;
  readonly stretchedAspect: number;
  /** What the header says of the exposure; NaN where it does not. */
  readonly thickness: number;
  readonly kvp: number;
  readonly exposure: number;
}

/** One standard image for the drift report; images without a header go by the name that is given for their device. */
export function measureImage(header: MammoHeader | undefined, image: StandardImage, without = "unknown"): Measurement {
  const { breast, mmPerPixel, source } = image;
  const [height, width] = [breast.bottom - breast.top, breast.right - breast.left];
  const inside = sortedNumbers(image.pixels.filter((value) => value > 0));
  const aspect = width / height;
  // Stretching the source's rows and columns to ours scales both axes by different factors.
  const [down, across] = [image.rows / source.rows / source.mmPerPixel[0], image.columns / source.columns / source.mmPerPixel[1]];
  return {
    device: (header && [header.device.manufacturer, header.device.model].filter(Boolean).join(" ")) || without,
    view: image.view,
    flags: image.flags,
    height: height * mmPerPixel,
    width: width * mmPerPixel,
    mean: inside.reduce((sum, value) => sum + value, 0) / Math.max(inside.length, 1),
    tenth: quantile(inside, 0.1),
    ninetieth: quantile(inside, 0.9),
    aspect,
    stretchedAspect: (aspect * across) / down,
    thickness: header?.exposure.thickness ?? Number.NaN,
    kvp: header?.exposure.kvp ?? Number.NaN,
    exposure: header?.exposure.exposure ?? Number.NaN,
  };
}
