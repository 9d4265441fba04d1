/// <reference path="./cornerstone.d.ts" />
import type { ImagePixel } from "../dicom/imagePixel.ts";
import { DicomError } from "../dicomError.ts";
import { asAllocated, type PixelArray } from "./codec.ts";

/** The decoder class that the cornerstonejs codecs share. */
export interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned?: boolean;
  };
  delete(): void;
}

/**
 * Runs one decoder over one frame and checks what it says of the result: these decoders give up silently, with a size of 0 x 0.
 */
export function runDecoder(decoder: WasmDecoder, encoded: Uint8Array, pixel: ImagePixel): PixelArray {
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const info = decoder.getFrameInfo();
    if (info.width !== pixel.columns || info.height !== pixel.rows || info.componentCount !== pixel.samplesPerPixel)
      throw new DicomError("corrupt-pixels", "Expected the decoded frame to have Rows x Columns pixels");
    const wide = info.bitsPerSample > 8;
    const decoded = decoder.getDecodedBuffer();
    const count = pixel.rows * pixel.columns * pixel.samplesPerPixel;
    if (decoded.length < count * (wide ? 2 : 1) || info.bitsPerSample > 16)
      throw new DicomError("corrupt-pixels", "Expected a whole frame of at most 16 bits");
    const bytes = decoded.slice(0, count * (wide ? 2 : 1)); // The decoder's memory is not ours.
    const cells = wide ? new Uint16Array(bytes.buffer) : bytes;
    return asAllocated(cells, pixel);
  } finally {
    decoder.delete();
  }
}

/** Libraries are silent: the codecs' own chatter goes nowhere. A fresh object each time, since Emscripten makes it the module. */
export const quiet = () => ({ print: () => undefined, printErr: () => undefined });

/** Loads an optional codec package once; its absence is a typed error. */
export function lazily<T>(name: string, load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((cause: unknown) => {
      loaded = undefined;
      throw new DicomError("codec-missing", `Expected the optional package ${name} to be installed`, { cause });
    });
    return loaded;
  };
}
