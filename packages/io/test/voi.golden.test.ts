import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder, expectClose, golden } from "@mammo/testing";
import { describe, expect, it } from "vitest";
import { applyModality, applyVoi, type Modality, parseDicom, readMammoHeader, type Voi } from "../src/index.ts";

type Json<T> = T extends Uint16Array ? number[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
interface Case {
  readonly path: string;
  readonly modality: Json<Modality>;
  readonly voi: Json<Voi>;
  readonly stored: readonly number[];
  readonly shown: readonly number[];
}
interface Golden {
  readonly counts: Readonly<Record<"all" | "signed" | "bigEndian" | "tables" | "severalWindows", number>>;
  /** Each file's transformations, as places in `cases`. */
  readonly files: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly Case[];
}
const { counts, files, cases } = golden<Golden>("voi", import.meta.url);
const typed = <T extends { readonly kind: string }>(value: T): T =>
  "data" in value ? { ...value, data: Uint16Array.from(value.data as number[]) } : value;

describe("modality and VOI, by pydicom", () => {
  it.each(cases.map((one, index) => [index, one.path, one] as const))("case %i: %s", (_index, _path, { modality, voi, stored, shown }) => {
    const ours = stored.map((value) => applyVoi(typed(voi) as Voi, applyModality(typed(modality) as Modality, value)));
    expectClose(ours, shown, { absolute: 1e-6 });
  });

  const { all, signed, bigEndian, tables, severalWindows } = counts;
  const kinds = `${all} files: ${signed} signed, ${bigEndian} big endian, ${tables} with tables, ${severalWindows} with several windows`;
  it.skipIf(!dataFolder())(`headers give the same transformations (needs the data folder; ${kinds})`, async () => {
    expect(Object.keys(files)).toHaveLength(all);
    for (const [path, places] of Object.entries(files)) {
      const file = await parseDicom(await readFile(join(dataFolder()!, path))).catch(() => expect.fail(path));
      const header = readMammoHeader(file, { anySopClass: true });
      for (const place of places) {
        expect(header.modality, path).toEqual(typed(cases[place]!.modality));
        expect(header.vois, path).toContainEqual(expect.objectContaining(typed(cases[place]!.voi)));
      }
    }
  });
});
