import type { DataSet } from "../parse/dataSet.ts";
import { code, decimals } from "../parse/values.ts";
import { tags } from "../tags.ts";

const materials = ["TUNGSTEN", "MOLYBDENUM", "RHODIUM", "SILVER", "ALUMINUM", "COPPER"] as const;
/** Of an anode or filter, a term of PS3.3 C.8.7.2 and C.8.7.10. */
export type Material = (typeof materials)[number];

/** How the breast was exposed; each field undefined where the file does not say, or says what no device does: such a number may be anyone's. */
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

/** The exposure of a data set; numbers that no device has are left out. */
export function readExposure(dataSet: DataSet): Exposure {
  const number = (tag: number, most: number, scale = 1): number | undefined => {
    const value = (decimals(dataSet, tag)[0] ?? Number.NaN) * scale;
    return Math.abs(value) <= most ? value : undefined;
  };
  const material = (tag: number): Material | undefined => materials.find((one) => one === code(dataSet, tag));
  return {
    kvp: number(tags.KVP, 150),
    exposure: number(tags.ExposureInuAs, 10_000, 1e-3) ?? number(tags.Exposure, 10_000), // Microampere seconds are the finer ones.
    relativeExposure: number(tags.RelativeXRayExposure, 100_000),
    organDose: number(tags.OrganDose, 1000, 100), // Written in decigray.
    thickness: number(tags.BodyPartThickness, 300),
    compressionForce: number(tags.CompressionForce, 1000),
    angle: number(tags.PositionerPrimaryAngle, 360),
    anode: material(tags.AnodeTargetMaterial),
    filter: material(tags.FilterMaterial),
  };
}
