import type { ImagePixel } from "../parse/imagePixel.ts";
import { type PixelArray, pixelArray } from "./codec.ts";
import { asUnsigned } from "./jpeg2000Header.ts";

/** Runs a decoder that cuts negative values of up to 8 bits at 0, so that it does not see them: their range is moved before and after. */
export async function decodeSigned(
  decoder: (codestream: Uint8Array, pixel: ImagePixel) => Promise<PixelArray>,
  codestream: Uint8Array,
  { pixel, size }: { readonly pixel: ImagePixel; readonly size: { readonly isSigned: boolean; readonly precision: number } },
): Promise<PixelArray> {
  if (!size.isSigned || size.precision > 8) return decoder(codestream, pixel);
  const moved = await decoder(asUnsigned(codestream), { ...pixel, isSigned: false });
  const storedValues = pixelArray(pixel, moved.length);
  const half = 2 ** (size.precision - 1);
  for (let index = 0; index < moved.length; index++) storedValues[index] = moved[index]! - half;
  return storedValues;
}
