import type { StandardImage } from "@mammo/io";
import { encode } from "fast-png";

/** A standard image as a 16-bit gray PNG; 65535 is 1. */
export const standardPng = ({ rows, columns, pixels }: StandardImage): Uint8Array =>
  encode({ width: columns, height: rows, data: Uint16Array.from(pixels, (value) => Math.round(value * 65535)), channels: 1, depth: 16 });

/** The heads of a list of standard images, and the cells of one of them. */
export const manifestHeads = [
  "number",
  "file",
  "sha256",
  "laterality",
  "view",
  "mmPerPixel",
  "toSource",
  "nipple",
  "nippleConfidence",
  "pectoralConfidence",
  "flags",
  "standardization",
] as const;

/** One row below `manifestHeads`. */
export const manifestRow = (number: number, file: string, image: StandardImage): readonly (string | number | undefined)[] => [
  number,
  file,
  image.source.sha256,
  image.laterality,
  image.view,
  image.mmPerPixel,
  image.toSource.join(" "),
  image.nipple.join(" "),
  image.nippleConfidence,
  image.pectoral?.confidence,
  image.flags.join(" "),
  image.standardization,
];
