import type { DataSet } from "../dicom/dataSet.ts";
import { code, decimals } from "../dicom/values.ts";

const materials = ["TUNGSTEN", "MOLYBDENUM", "RHODIUM", "SILVER", "ALUMINUM", "COPPER"] as const;
export type Material = (typeof materials)[number];

/** How the breast was exposed; each field undefined where the file does not say. */
export interface Exposure {
  readonly kvp: number | undefined;
  /** mAs. */
  readonly exposure: number | undefined;
  /** What reached the detector, in the maker's own units (0018,1405). */
  readonly relativeExposure: number | undefined;
  /** mGy. */
  readonly organDose: number | undefined;
  /** Of the compressed breast, mm. */
  readonly thickness: number | undefined;
  /** Newton. */
  readonly compressionForce: number | undefined;
  /** Of the tube, degrees. */
  readonly angle: number | undefined;
  readonly anode: Material | undefined;
  readonly filter: Material | undefined;
}

export function readExposure(dataSet: DataSet): Exposure {
  const number = (tag: number, scale = 1): number | undefined => {
    const [value] = decimals(dataSet, tag);
    return value === undefined ? undefined : value * scale;
  };
  const material = (tag: number): Material | undefined => materials.find((one) => one === code(dataSet, tag));
  return {
    kvp: number(0x00180060),
    exposure: number(0x00181153, 1e-3) ?? number(0x00181152), // Microampere seconds are the finer ones.
    relativeExposure: number(0x00181405),
    organDose: number(0x00400316, 100), // Written in decigray.
    thickness: number(0x001811a0),
    compressionForce: number(0x001811a2),
    angle: number(0x00181510),
    anode: material(0x00181191),
    filter: material(0x00187050),
  };
}
