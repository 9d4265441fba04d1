import { requireKnownKeys } from "@mammo/mammogram";
import { TransferSyntax } from "../transferSyntax.ts";
import type { Codec } from "./codec.ts";
import { decodeSigned } from "./decodeSigned.ts";
import { readJpeg2000Size } from "./jpeg2000Header.ts";
import { checkCodestream } from "./jpegFrame.ts";
import { type WasmOptions, wasmDecoder } from "./wasmDecoder.ts";

/**
 * High-throughput JPEG 2000 (ITU-T T.814), by OpenJPH compiled to WebAssembly.
 *
 * @example const mine = htj2kCodec({ wasm: "/assets/openjphjs.wasm" }); // A browser has to be told where that file is.
 */
export function htj2kCodec(options: WasmOptions = {}): Codec {
  requireKnownKeys("htj2kCodec", options, { wasm: true });
  const decoder = wasmDecoder("@cornerstonejs/codec-openjph", "HTJ2KDecoder", options, () => import("@cornerstonejs/codec-openjph/wasmjs"));
  return {
    name: "htj2k",
    transferSyntaxes: [TransferSyntax.htj2kLossless, TransferSyntax.htj2kLosslessRpcl, TransferSyntax.htj2k],
    decode(encoded, pixel) {
      const size = readJpeg2000Size(encoded);
      checkCodestream(size, pixel);
      return decodeSigned(decoder, encoded.subarray(size.offset), { pixel, size });
    },
  };
}
