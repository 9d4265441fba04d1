import { parseJson } from "@mammo/files";
import { isViewPosition } from "@mammo/mammogram";
import type { Sidecar } from "./makeSample.ts";

/** The JSON beside a stored image, checked field by field; undefined for anything else. What is not known is left out. */
export function parseSidecar(bytes: Uint8Array): (Sidecar & { readonly image: number }) | undefined {
  const found = parsed(bytes);
  if (found === undefined) return undefined;
  const { image, laterality, view, mmPerPixel, nipple, nippleConfidence, pectoral, breast, toSource, source, flags, standardization, rows, columns } =
    found;
  const isGood =
    [image, rows, columns].every((value) => Number.isSafeInteger(value) && (value as number) >= 0) &&
    (laterality === "L" || laterality === "R") &&
    typeof view === "string" &&
    isViewPosition(view) &&
    isNumber(mmPerPixel) &&
    mmPerPixel > 0 &&
    isNumbers(nipple, 2) &&
    isNumber(nippleConfidence) &&
    isRecord(breast) &&
    ["top", "left", "bottom", "right"].every((side) => isNumber(breast[side])) &&
    isNumbers(toSource, 6) &&
    (toSource as number[])[0]! * (toSource as number[])[4]! - (toSource as number[])[1]! * (toSource as number[])[3]! !== 0 &&
    isRecord(source) &&
    isNumber(source["rows"]) &&
    isNumber(source["columns"]) &&
    isNumbers(source["mmPerPixel"], 2) &&
    Array.isArray(flags) &&
    flags.every((flag) => typeof flag === "string" && /^[a-z-]{1,64}$/.test(flag)) &&
    typeof standardization === "string" &&
    (pectoral === undefined || (isRecord(pectoral) && isNumber(pectoral["confidence"])));
  return isGood ? (found as unknown as Sidecar & { readonly image: number }) : undefined;
}

function parsed(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseJson(bytes);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An object with keys, as JSON has it. */
export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isNumbers = (value: unknown, count: number): boolean => Array.isArray(value) && value.length === count && value.every(isNumber);
