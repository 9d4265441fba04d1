// Two real cases whose one lesion is marked in CC and MLO: where it is in mm, and whether it is taken for one.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describePlace, matchViews, type PlacedFinding, pairProbability, placeInBreast, startingPairModel } from "@mammo/ensemble";
import { parseIcs, parseOverlay, type Raster, readPgm, readPng, type StandardImage, standardize, viewOfRaster } from "@mammo/io";
import { type Box, boxFromSource, type Laterality } from "@mammo/mammogram";

interface MarkedView {
  readonly image: StandardImage;
  /** Of the lesion, in pixels of the source. */
  readonly box: Box;
}

interface KnownCase {
  readonly name: string;
  readonly cc: MarkedView;
  readonly mlo: MarkedView;
}

/** Rows of texts, heads first. */
export async function measureCases(data: string): Promise<readonly (readonly (string | number)[])[]> {
  const cases = [await ddsmCase(join(data, "ddsm-case-D4000")), await nyuExam(join(data, "nyu-gmic"))];
  const heads = ["case", "view", "mm from the nipple", "mm deep", "nipple line, mm", "landmarks", "place", "one lesion"];
  return [
    heads,
    ...cases.flatMap(({ name, ...views }) => {
      const placed = (["cc", "mlo"] as const).map((view): PlacedFinding => {
        const { image, box } = views[view];
        return { place: placeInBreast(boxFromSource(box, image), image), probability: 0.5, kind: "mass" };
      });
      const [cc, mlo] = placed as [PlacedFinding, PlacedFinding];
      const matched = matchViews([cc], [mlo]);
      const words = describePlace([cc.place, mlo.place]);
      const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
      const byPlace = percent(pairProbability(startingPairModel, cc, mlo));
      const taken = matched.pairs[0]
        ? percent(matched.pairs[0].probability)
        : `refused: ${matched.refused ?? "too far apart"}; by place alone ${byPlace}`;
      return placed.map(({ place }, at) => [
        name,
        place.view,
        place.fromNipple.toFixed(0),
        place.depth.toFixed(0),
        place.pnlLength.toFixed(0),
        place.trusted ? "trusted" : "not trusted",
        at > 0 || words === undefined ? "" : `${words.region}, ${words.third} third`,
        at > 0 ? "" : taken,
      ]);
    }),
  ];
}

/** The overview of a DDSM case shows its films at a fifteenth, with black bars between: MLO above CC, the left breast at the right. Its words are the other way around than a PGM's. */
const shrunk = 15;
const lowByteFirst = (one: Raster): Raster => ({
  ...one,
  storedValues: Uint16Array.from(one.storedValues, (value) => ((value & 255) << 8) | (value >> 8)),
});

async function ddsmCase(folder: string): Promise<KnownCase> {
  const overview = lowByteFirst(readPgm(await readFile(join(folder, "TAPE_D_4000_1.COMB.16_PGM"))));
  const { films } = parseIcs(await readFile(join(folder, "D-4000-1.ics"), "utf8"));
  const viewOf = async (name: "LEFT_CC" | "LEFT_MLO"): Promise<MarkedView> => {
    const film = films.find((one) => one.name === name)!;
    const [rows, columns] = [Math.floor(film.rows / shrunk), Math.floor(film.columns / shrunk)];
    const right = films.find((one) => one.name === name.replace("LEFT", "RIGHT"))!;
    const [top, left] = [name === "LEFT_CC" ? overview.rows - rows : 0, Math.floor(right.columns / shrunk) + bar];
    const raster = crop(overview, { top, left, rows, columns });
    const [abnormality] = parseOverlay(await readFile(join(folder, `D_4000_1.${name}.OVERLAY`), "utf8"), { film });
    const { box } = abnormality!.boundary;
    const small = (at: number) => at / shrunk;
    return {
      image: standardize(
        viewOfRaster(raster, { ...sideAndView("L", name === "LEFT_CC"), mmPerPixel: [film.mmPerPixel * shrunk, film.mmPerPixel * shrunk] }),
      ),
      box: { top: small(box.top), left: small(box.left), bottom: small(box.bottom), right: small(box.right) },
    };
  };
  return { name: "DDSM D-4000, benign mass", cc: await viewOf("LEFT_CC"), mlo: await viewOf("LEFT_MLO") };
}

/** Between two films of the overview, in its pixels. */
const bar = 12;

function crop(
  { storedValues, columns: wide, maxValue }: Raster,
  { top, left, rows, columns }: { readonly top: number; readonly left: number; readonly rows: number; readonly columns: number },
): Raster {
  const cut = new Uint16Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = (top + row) * wide + left;
    cut.set(storedValues.subarray(from, from + columns), row * columns);
  }
  return { storedValues: cut, rows, columns, maxValue };
}

/** The masks lie in a frame of their own, right views mirrored; where the image lies in it is known to some hundred pixels. A pixel is 0.07 mm (assumed: the files do not say). */
const nyu = { mm: 0.07, rowsAbove: { CC: 400, MLO: 0 } } as const;

async function nyuExam(folder: string): Promise<KnownCase> {
  const viewOf = async (view: "CC" | "MLO"): Promise<MarkedView> => {
    const [raster, mask] = await Promise.all(
      [join("images", `0_R-${view}.png`), join("segmentation", `0_R-${view}_benign.png`)].map(async (file) =>
        readPng(await readFile(join(folder, file))),
      ),
    );
    const found = extent(mask!);
    const up = nyu.rowsAbove[view];
    const mirrored = (column: number) => raster!.columns - column;
    return {
      image: standardize(viewOfRaster(raster!, { ...sideAndView("R", view === "CC"), mmPerPixel: [nyu.mm, nyu.mm] })),
      box: { top: found.top - up, bottom: found.bottom - up, left: mirrored(found.right), right: mirrored(found.left) },
    };
  };
  return { name: "NYU exam 0, benign lesion", cc: await viewOf("CC"), mlo: await viewOf("MLO") };
}

const sideAndView = (laterality: Laterality, isCc: boolean) => ({ laterality, view: isCc ? ("CC" as const) : ("MLO" as const) });

/** The box around what is not 0. */
function extent({ storedValues, rows, columns }: Raster): Box {
  const box = { top: rows, left: columns, bottom: 0, right: 0 };
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      if (storedValues[row * columns + column] === 0) continue;
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
    }
  return box;
}
