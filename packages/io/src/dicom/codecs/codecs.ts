import type { Codec } from "./codec.ts";
import { htj2kCodec } from "./htj2k.ts";
import { jpeg2000Codec } from "./jpeg2000.ts";
import { jpegDct } from "./jpegDct.ts";
import { jpegLossless } from "./jpegLossless.ts";
import { jpegLs } from "./jpegLs.ts";
import { native } from "./native.ts";
import { rle } from "./rle.ts";

/** The codecs that ship with the package, in the order tried. */
export const codecs: readonly Codec[] = [native, jpegLossless, jpeg2000Codec(), jpegLs, htj2kCodec(), jpegDct, rle];
