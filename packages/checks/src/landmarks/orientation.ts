import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDelimited } from "@mammo/files";
import { readRaster, standardize, viewOfRaster } from "@mammo/io";
import type { Laterality } from "@mammo/mammogram";

/** The outcome of one image whose side is known from its name or its table. */
export interface Oriented {
  readonly name: string;
  readonly isRight: boolean;
}

/**
 * The chest wall of every CDD-CESM and NYU image, found from its pixels against the worst case: told the other breast.
 *
 * Truth: the chest wall of a left breast is on the left side. CDD-CESM's laterality is in its table, NYU's in the names.
 */
export async function measureOrientation(data: string): Promise<readonly Oriented[]> {
  const outcomes: Oriented[] = [];
  for (const { name, laterality } of await knownSides(data)) {
    const bytes = await readFile(join(data, name));
    const raster = await readRaster(bytes);
    const told = laterality === "L" ? "R" : "L";
    const { toSource } = standardize(viewOfRaster(raster, { laterality: told, view: "CC", mmPerPixel: [0.1, 0.1] }));
    outcomes.push({ name, isRight: toSource[4] < 0 === (laterality === "R") });
  }
  return outcomes;
}

async function knownSides(data: string): Promise<readonly { readonly name: string; readonly laterality: Laterality }[]> {
  const { rows } = parseDelimited(await readFile(join(data, "cdd-cesm/labels.tsv"), "utf8"), { separator: "\t", quotes: false, ragged: true });
  const cesm = rows.map(({ cells: [file, , laterality] }) => {
    return { name: `cdd-cesm/${file}`, laterality: laterality === "R" ? ("R" as const) : ("L" as const) };
  });
  const nyu = await Promise.all(
    ["nyu-gmic/images", "nyu-classifier/images"].map(async (folder) =>
      (await readdir(join(data, folder)))
        .sort()
        .map((file) => ({ name: `${folder}/${file}`, laterality: /_R[-_]/.test(file) ? ("R" as const) : ("L" as const) })),
    ),
  );
  return [...cesm, ...nyu.flat()];
}
