import type { Codec } from "./codec.ts";
import { jpegLossless } from "./jpegLossless.ts";
import { native } from "./native.ts";
import { rle } from "./rle.ts";

/** The codecs that ship with the package, in the order tried. */
export const codecs: readonly Codec[] = [native, jpegLossless, rle];
