import { TransferSyntax } from "../dicom/transferSyntax.ts";
import type { Codec } from "./codec.ts";
import { readJpeg2000Size } from "./jpeg2000Header.ts";
import { checkCodestream } from "./jpegMarkers.ts";
import { lazily, quiet, runDecoder, type WasmDecoder } from "./wasmDecoder.ts";

const load = lazily("@cornerstonejs/codec-openjpeg", async () => {
  const { default: factory } = await import("@cornerstonejs/codec-openjpeg/decodewasmjs");
  return (await factory(quiet())) as { readonly J2KDecoder: new () => WasmDecoder };
});

/** JPEG 2000, lossless and lossy (ITU-T T.800), by OpenJPEG compiled to WebAssembly. */
export const jpeg2000: Codec = {
  name: "jpeg-2000",
  transferSyntaxes: [TransferSyntax.jpeg2000Lossless, TransferSyntax.jpeg2000],
  async decode(encoded, pixel) {
    checkCodestream(readJpeg2000Size(encoded), pixel);
    const { J2KDecoder } = await load();
    return runDecoder(new J2KDecoder(), encoded, pixel);
  },
};
