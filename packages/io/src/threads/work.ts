// What threads do: the exports are run by name (threadPool.ts), answers are plain data.
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { MammoHeader } from "../header/mammoHeader.ts";
import { type ReadMammogramOptions, readMammogram } from "../readMammogram.ts";
import { makeSample, type Sample, type SampleRequest } from "../shards/makeSample.ts";
import type { StandardImage } from "../standardize/standardize.ts";
import { type PlainError, toPlain } from "./plainError.ts";

export type Answer<Value> = { readonly value: Value } | { readonly error: PlainError };

/** What can be sent to a thread: no codecs or mask models of your own. */
export type WorkerReadOptions = Omit<ReadMammogramOptions, "codecs" | "mask">;

export interface ReadRequest {
  readonly bytes: Uint8Array;
  readonly options: WorkerReadOptions;
}
export interface ReadAnswer {
  readonly header: MammoHeader;
  readonly image: StandardImage;
}

export const read = ({ bytes, options }: ReadRequest): Promise<Answer<ReadAnswer>> =>
  answer(
    () => readMammogram(bytes, options),
    ({ image }) => image.pixels.buffer,
  );

export const sample = (request: SampleRequest): Promise<Answer<Sample>> =>
  answer(
    () => makeSample(request),
    ({ png }) => png.buffer,
  );

/** The value and its largest buffer, which is handed over instead of copied. */
async function answer<Value>(work: () => Promise<Value>, buffer: (value: Value) => ArrayBufferLike): Promise<Answer<Value>> {
  try {
    const value = await work();
    return move({ [valueSymbol]: { value }, [transferableSymbol]: buffer(value) } as never) as never;
  } catch (error) {
    return { error: toPlain(error) };
  }
}
