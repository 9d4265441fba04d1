import { createHash } from "node:crypto";
import { devices, encodeDicom, renderView, type ViewSpec } from "@mammo/phantom";
import { golden } from "@mammo/testing";
import { expect, it } from "vitest";
import { readMammogram, type SourceView, type StandardImage, standardizationVersion, standardize } from "../src/index.ts";

/** SHA-256 of each picture's 16-bit pixels, by standardization version; made by this test from phantoms (seed 41). */
const versions = golden<Readonly<Record<string, Readonly<Record<string, string>>>>>("standardImages", import.meta.url);

const options = { mmPerPixel: 0.5, size: [600, 400] } as const;
const spec = (device: ViewSpec["device"], more: Pick<ViewSpec, "laterality" | "view">): ViewSpec => ({
  seed: 41,
  woman: 1,
  exam: 1,
  image: 1,
  device,
  lesions: [],
  ...more,
});
const hash = ({ pixels }: StandardImage): string =>
  createHash("sha256")
    .update(Uint16Array.from(pixels, (value) => Math.round(value * 65535)))
    .digest("hex");

async function pictures(): Promise<Readonly<Record<string, string>>> {
  const read = async (...of: Parameters<typeof spec>): Promise<string> =>
    hash((await readMammogram(encodeDicom(renderView(spec(...of))), options)).image);
  const film = renderView(spec(devices.deneb, { laterality: "L", view: "MLO" }));
  const top = (1 << devices.deneb.bits) - 1;
  const lut = Float32Array.from({ length: 65536 }, (_, value) => Math.min(value / top, 1));
  const known = { rows: film.rows, columns: film.columns, lut, mmPerPixel: [0.2, 0.2], laterality: "L", view: "MLO", isLinear: true } satisfies Omit<
    SourceView,
    "storedValues"
  >;
  return {
    "linear window, left oblique": await read(devices.aldebaran, { laterality: "L", view: "MLO" }),
    "sigmoid window, right oblique": await read(devices.bellatrix, { laterality: "R", view: "MLO" }),
    "inverted, right oblique": await read(devices.capella, { laterality: "R", view: "MLO" }),
    "film, stretched by percentiles": hash(standardize({ storedValues: film.pixels, ...known }, options)),
    "film under tape": hash(standardize({ storedValues: film.pixels.slice().fill(top >> 1, 0, 60 * film.columns), ...known }, options)),
  };
}

it("standard images are those of their version: new pixels take a new standardizationVersion, and a new version new pixels", async () => {
  const now = await pictures();
  // Changed on purpose? Count the version up and add its hashes to the golden file; those of older versions stay.
  expect(versions[standardizationVersion], standardizationVersion).toEqual(now);
  for (const [version, then] of Object.entries(versions)) if (version !== standardizationVersion) expect(then, version).not.toEqual(now);
});
