import type { DataSet } from "@mammo/io";
import { parsedFile } from "./parsedFile.ts";

/**
 * The elements of a file, without its pixels' bytes. They hold patient data.
 *
 * @throws as `parsedFile`.
 */
export const dataSetOf = async (path: string): Promise<DataSet> => (await parsedFile(path)).dataSet;

/** The text of an element, without padding; empty where there is none. Backslashes stand between its values. */
export function textOf({ elements, bytes }: DataSet, tag: number): string {
  const found = elements.get(tag);
  return found === undefined
    ? ""
    : new TextDecoder("latin1").decode(bytes.subarray(found.offset, found.offset + Math.min(found.length, 1024))).replace(/[ \0]+$/, "");
}
