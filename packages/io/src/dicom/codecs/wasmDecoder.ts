/// <reference path="./cornerstone.d.ts" />

import { DicomError } from "../dicomError.ts";
import type { ImagePixel } from "../parse/imagePixel.ts";
import { asAllocated, type PixelArray } from "./codec.ts";

/** The decoder class that the cornerstonejs codecs share. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): { readonly width: number; readonly height: number; readonly bitsPerSample: number; readonly componentCount: number };
  delete(): void;
}
type Module = Readonly<Record<string, new () => Decoder>>;

/** Where a codec finds its WebAssembly. */
export interface WasmOptions {
  /** Where the codec's .wasm file is; without it, beside its script, which only Node finds by itself. */
  readonly wasm?: string | URL;
}

/**
 * A decoding function over an optional codec package, which is loaded when the first frame comes.
 *
 * An instance that has failed may have spoilt its memory (a trap leaves WebAssembly as it stands): it is thrown away, and the next frame gets a fresh one.
 * @throws DicomError `codec-missing` where the package is not installed.
 */
export function wasmDecoder(
  name: string,
  decoderName: string,
  { wasm }: WasmOptions,
  load: () => Promise<{ readonly default: (options: Readonly<Record<string, unknown>>) => Promise<unknown> }>,
): (encoded: Uint8Array, pixel: ImagePixel) => Promise<PixelArray> {
  let loaded: Promise<Module> | undefined;
  const start = async (): Promise<Module> => {
    try {
      const { default: factory } = await load();
      // Libraries are silent: what the codecs print is dropped. A fresh object each time, since Emscripten makes it the module.
      const located = wasm === undefined ? {} : { locateFile: () => String(wasm) };
      return (await factory({ print: () => undefined, printErr: () => undefined, ...located })) as Module;
    } catch (cause) {
      loaded = undefined;
      throw new DicomError("codec-missing", `Expected the optional package ${name} to be installed, and its .wasm file where it is looked for`, {
        cause,
      });
    }
  };
  return async (encoded, pixel) => {
    const module = await (loaded ??= start());
    try {
      return decodeOne(new module[decoderName]!(), encoded, pixel);
    } catch (error) {
      if (!(error instanceof DicomError)) loaded = undefined;
      throw error;
    }
  };
}

/** Runs one decoder over one frame and checks what it says of the result: these decoders give up silently, with a size of 0 x 0. */
function decodeOne(decoder: Decoder, encoded: Uint8Array, pixel: ImagePixel): PixelArray {
  decoder.getEncodedBuffer(encoded.length).set(encoded);
  decoder.decode();
  const info = decoder.getFrameInfo();
  const wide = info.bitsPerSample > 8;
  const decoded = decoder.getDecodedBuffer();
  const count = pixel.rows * pixel.columns * pixel.samplesPerPixel;
  const isWhole = info.width === pixel.columns && info.height === pixel.rows && info.componentCount === pixel.samplesPerPixel;
  const bytes = decoded.slice(0, count * (wide ? 2 : 1)); // The decoder's memory is not ours.
  decoder.delete();
  if (!isWhole || bytes.length < count * (wide ? 2 : 1) || info.bitsPerSample > 16)
    throw new DicomError("corrupt-pixels", "Expected the codestream to decode to Rows x Columns pixels of at most 16 bits");
  return asAllocated(wide ? new Uint16Array(bytes.buffer) : bytes, pixel);
}
