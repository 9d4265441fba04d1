import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@mammo/files/node";
import { DicomError, type MammogramReader } from "@mammo/io";
import { type Decoded, decodeFile, decodeInThread } from "./decodeFile.ts";
import { bytesOf, layouts, statistics } from "./layouts.ts";
import type { Row } from "./readTable.ts";

/**
 * The outcome of one file. "exact": the same bytes. "near": a lossy file within 1 of the reference's range and mean (2 above 8 bits).
 * "decoded": pixels where the references give none. "refused": a typed error where a reference gives bytes but no rows and columns
 * for them, so that there is no image to compare; all other typed errors are "typed error".
 */
export const outcomes = ["exact", "near", "decoded", "refused", "typed error", "different", "untyped error"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Result {
  readonly row: Row;
  readonly outcome: Outcome;
  readonly note: string;
  readonly milliseconds: number;
  /** The thread gave the same pixels, or the same error; undefined where it was not used. */
  readonly isSameInThread: boolean | undefined;
}

/** Decodes one file of the table, here and (if there is a reader) in its thread. */
export async function compareFile(root: string, row: Row, reader?: MammogramReader): Promise<Result> {
  const start = performance.now();
  const bytes = await readFile(join(root, row.path));
  const here = await decodeFile(row, bytes).catch((error: unknown) => error as Error);
  const milliseconds = performance.now() - start;
  const isDicom = !/\.(j2c|jph|jhc)$/.test(row.path);
  const isSameInThread = reader && isDicom ? await isSame(reader, bytes, here) : undefined;
  return { row, milliseconds, isSameInThread, ...(here instanceof Error ? ofError(row, here) : ofPixels(row, here)) };
}

function ofError(row: Row, error: Error): Pick<Result, "outcome" | "note"> {
  if (!(error instanceof DicomError)) return { outcome: "untyped error", note: String(error) };
  const hasSize = row.rows > 0 && row.columns > 0;
  const isRefusal = row.oracle !== "none" && !hasSize;
  return { outcome: isRefusal ? "refused" : "typed error", note: `${error.code}: ${error.message}` };
}

function ofPixels(row: Row, decoded: Decoded): Pick<Result, "outcome" | "note"> {
  if (row.oracle === "none") return { outcome: "decoded", note: "" };
  if (layouts(decoded).some((one) => sha256(one) === row.sha256)) return { outcome: "exact", note: "" };
  const { min, max, mean } = statistics(decoded.frames, decoded.pixel);
  const tolerance = decoded.pixel.bitsStored > 8 ? 2 : 1;
  const isNear = row.isLossy && [min - row.min, max - row.max, mean - row.mean].every((difference) => Math.abs(difference) <= tolerance);
  return { outcome: isNear ? "near" : "different", note: `min ${min} (${row.min}) max ${max} (${row.max}) mean ${mean.toFixed(4)} (${row.mean})` };
}

async function isSame(reader: MammogramReader, bytes: Uint8Array, here: Decoded | Error): Promise<boolean> {
  const there = await decodeInThread(reader, bytes).catch((error: unknown) => error as Error);
  if (here instanceof Error || there instanceof Error)
    return here instanceof DicomError && there instanceof DicomError && here.code === there.code && here.offset === there.offset;
  return bytesOf(here.frames).equals(bytesOf(there));
}
