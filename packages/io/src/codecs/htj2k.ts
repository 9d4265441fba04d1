import { TransferSyntax } from "../dicom/transferSyntax.ts";
import type { Codec } from "./codec.ts";
import { readJpeg2000Size } from "./jpeg2000Header.ts";
import { checkCodestream } from "./jpegMarkers.ts";
import { lazily, quiet, runDecoder, type WasmDecoder } from "./wasmDecoder.ts";

const load = lazily("@cornerstonejs/codec-openjph", async () => {
  const { default: factory } = await import("@cornerstonejs/codec-openjph/wasmjs");
  return (await factory(quiet())) as { readonly HTJ2KDecoder: new () => WasmDecoder };
});

/** High-throughput JPEG 2000 (ITU-T T.814), by OpenJPH compiled to WebAssembly. */
export const htj2k: Codec = {
  name: "htj2k",
  transferSyntaxes: [TransferSyntax.htj2kLossless, TransferSyntax.htj2kLosslessRpcl, TransferSyntax.htj2k],
  async decode(encoded, pixel) {
    checkCodestream(readJpeg2000Size(encoded), pixel);
    const { HTJ2KDecoder } = await load();
    return runDecoder(new HTJ2KDecoder(), encoded, pixel);
  },
};
