// Threads that read files while the net computes, as --threads asks.
import { availableParallelism } from "node:os";
import { type MammogramFileReader, mammogramReader } from "@mammo/io/node";
import type { Option } from "./program.ts";
import { fewImages } from "./runners.ts";

/** The option of programs that score. */
export const threadsOption = {
  ...{ kind: "number", range: [0, 64], integer: true },
  help: `that read files while the net computes; 0: none (default: one a processor, none for up to ${fewImages} images)`,
} as const satisfies Option;

/** For one file, the start of its thread included: what is broken or hostile has an end, what is large has its time on a busy machine. */
const timeoutMilliseconds = 300_000;

/** So many threads, for so many images, while `use` runs; undefined is none. */
export async function withReader<T>(
  threads: number | undefined,
  images: number,
  use: (reader: MammogramFileReader | undefined) => Promise<T>,
): Promise<T> {
  const count = threads ?? (images > fewImages ? availableParallelism() : 0);
  if (count === 0) return use(undefined);
  const reader = mammogramReader({ threads: count, timeoutMilliseconds });
  try {
    return await use(reader);
  } finally {
    await reader.dispose();
  }
}
