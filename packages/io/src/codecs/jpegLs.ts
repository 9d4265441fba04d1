import { TransferSyntax } from "../dicom/transferSyntax.ts";
import { DicomError } from "../dicomError.ts";
import type { Codec } from "./codec.ts";
import { checkCodestream, readJpegFrame } from "./jpegMarkers.ts";
import { lazily, quiet, runDecoder, type WasmDecoder } from "./wasmDecoder.ts";

const load = lazily("@cornerstonejs/codec-charls", async () => {
  const { default: factory } = await import("@cornerstonejs/codec-charls/decodewasmjs");
  return (await factory(quiet())) as { readonly JpegLSDecoder: new () => WasmDecoder };
});

/** JPEG-LS, lossless and near-lossless (ITU-T T.87), by CharLS compiled to WebAssembly. */
export const jpegLs: Codec = {
  name: "jpeg-ls",
  transferSyntaxes: [TransferSyntax.jpegLsLossless, TransferSyntax.jpegLsNearLossless],
  async decode(encoded, pixel) {
    const frame = readJpegFrame(encoded);
    if (frame.process !== 0xf7) throw new DicomError("corrupt-pixels", "Expected a JPEG-LS frame header");
    checkCodestream(frame, pixel);
    const { JpegLSDecoder } = await load();
    return runDecoder(new JpegLSDecoder(), encoded, pixel);
  },
};
