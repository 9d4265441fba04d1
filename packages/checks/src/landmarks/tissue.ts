import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { breastMask, findPectoral, pectoralMask, readRaster, type StandardImage, standardize, viewOfRaster } from "@mammo/io";
import { applyAffine, invertAffine } from "@mammo/mammogram";

/** The agreement of one film of the DDSM tissue set with the masks drawn by people. */
export interface TissueFilm {
  readonly name: string;
  /** Parameters were chosen on the first half; which one a film is in depends on its place in the order of names. */
  readonly half: 1 | 2;
  /** Dice of the breast and of the muscle, in [0, 1], in the film's own pixels. */
  readonly breast: number;
  readonly muscle: number;
  /** Dice of the muscle by the straight line alone. */
  readonly muscleByLine: number;
  readonly confidence: number;
  /** The same film upside down: there is no muscle in the corner, so it should be low. */
  readonly confidenceUpsideDown: number;
  /** Time to find the muscle, ms. */
  readonly milliseconds: number;
}

/** Levels of the drawn masks: 64 background, 128 fat, 192 gland, 255 muscle. */
const background = 64;
const muscle = 255;

/** The films do not state their pitch; at this one breasts have a usual size. */
const mmPerPixel = 0.25;

/** Masks and muscle of every film in `ddsm-tissue` (53 right MLO views). */
export async function measureTissue(data: string): Promise<readonly TissueFilm[]> {
  const folder = join(data, "ddsm-tissue");
  const names = (await readdir(join(folder, "images"))).sort();
  return Promise.all(
    names.map(async (name, index): Promise<TissueFilm> => {
      const film = await readRaster(await readFile(join(folder, "images", name)));
      const { storedValues: drawn } = await readRaster(await readFile(join(folder, "labels", name)));
      const pixels = Float32Array.from(film.storedValues, (value) => value / film.maxValue);
      const view = viewOfRaster(film, { laterality: "R", view: "MLO", mmPerPixel: [mmPerPixel, mmPerPixel] });
      const image = standardize(view);
      const { pectoral } = image;
      const size = { rows: film.rows, columns: film.columns };
      const byLine = pectoral && { ...image, pectoral: { ...pectoral, border: pectoral.line } };
      return {
        name,
        half: index % 2 === 0 ? 1 : 2,
        breast: dice(breastMask({ ...size, pixels }, { mmPerPixel }), (at) => drawn[at]! > background),
        muscle: dice(muscleInSource(image, size), (at) => drawn[at] === muscle),
        muscleByLine: byLine ? dice(muscleInSource(byLine, size), (at) => drawn[at] === muscle) : 0,
        confidence: pectoral?.confidence ?? 0,
        confidenceUpsideDown: standardize({ ...view, isUpsideDown: true }).pectoral?.confidence ?? 0,
        milliseconds: timeOf(() => findPectoral(image)),
      };
    }),
  );
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The muscle's mask in the film's pixels, by their centers. */
function muscleInSource(image: StandardImage, { rows, columns }: { readonly rows: number; readonly columns: number }): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  if (!image.pectoral) return mask;
  const inside = pectoralMask(image.pectoral, image);
  const fromSource = invertAffine(image.toSource);
  for (let at = 0; at < mask.length; at++) {
    const [row, column] = applyAffine(fromSource, [Math.floor(at / columns) + 0.5, (at % columns) + 0.5]);
    if (row >= 0 && column >= 0 && row < image.rows && column < image.columns)
      mask[at] = inside[Math.floor(row) * image.columns + Math.floor(column)]!;
  }
  return mask;
}

/** 2 |A and B| / (|A| + |B|). */
function dice(mask: Uint8Array, truth: (at: number) => boolean): number {
  let [both, sum] = [0, 0];
  for (let at = 0; at < mask.length; at++) {
    const drawn = truth(at) ? 1 : 0;
    both += mask[at]! & drawn;
    sum += mask[at]! + drawn;
  }
  return (2 * both) / sum;
}
