import { requireKnownKeys } from "@mammo/mammogram";
import { TransferSyntax } from "../transferSyntax.ts";
import type { Codec } from "./codec.ts";
import { decodeSigned } from "./decodeSigned.ts";
import { readJpeg2000Size } from "./jpeg2000Header.ts";
import { checkCodestream } from "./jpegFrame.ts";
import { type WasmOptions, wasmDecoder } from "./wasmDecoder.ts";

/**
 * JPEG 2000, lossless and lossy (ITU-T T.800), by OpenJPEG compiled to WebAssembly.
 *
 * @example const mine = jpeg2000Codec({ wasm: "/assets/openjpegwasm_decode.wasm" }); // A browser has to be told where that file is.
 */
export function jpeg2000Codec(options: WasmOptions = {}): Codec {
  requireKnownKeys("jpeg2000Codec", options, { wasm: true });
  const decoder = wasmDecoder("@cornerstonejs/codec-openjpeg", "J2KDecoder", options, () => import("@cornerstonejs/codec-openjpeg/decodewasmjs"));
  return {
    name: "jpeg-2000",
    transferSyntaxes: [TransferSyntax.jpeg2000Lossless, TransferSyntax.jpeg2000],
    decode(encoded, pixel) {
      const size = readJpeg2000Size(encoded);
      checkCodestream(size, pixel);
      // What was checked is what is decoded: boxes of a JP2 file around the codestream are left out.
      return decodeSigned(decoder, encoded.subarray(size.offset), { pixel, size });
    },
  };
}
