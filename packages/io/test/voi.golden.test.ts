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
const { cases } = golden<{ readonly cases: readonly Case[] }>("voi", import.meta.url);
const typed = <T extends { readonly kind: string }>(value: T): T =>
  "data" in value ? { ...value, data: Uint16Array.from(value.data as number[]) } : value;

describe("modality and VOI, by pydicom", () => {
  it.each(cases.map((one) => [one.path, one] as const))("%s", (_path, { modality, voi, stored, shown }) => {
    const ours = stored.map((value) => applyVoi(typed(voi) as Voi, applyModality(typed(modality) as Modality, value)));
    expectClose(ours, shown, { absolute: 1e-6 });
  });

  it.skipIf(!dataFolder())("headers give the same transformations (needs the data folder)", async () => {
    for (const { path, modality, voi } of cases.filter((one) => !one.path.startsWith("made"))) {
      const file = await parseDicom(await readFile(join(dataFolder()!, path))).catch(() => expect.fail(path));
      const header = readMammoHeader(file, { anySopClass: true });
      expect(header.modality, path).toEqual(typed(modality));
      expect(header.vois, path).toContainEqual(expect.objectContaining(typed(voi)));
    }
  });
});
