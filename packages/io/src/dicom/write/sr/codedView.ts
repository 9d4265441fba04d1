import type { ViewPosition } from "@mammo/mammogram";
import { modifiedPositions, modifierCodes, type ViewModifier, viewCodes } from "../../viewCodes.ts";
import type { Code } from "./code.ts";

const codeOf = ({ sct, meaning }: { readonly sct: string; readonly meaning: string }): Code => [sct, "SCT", meaning];

const views: ReadonlyMap<ViewPosition | undefined, Code> = new Map(
  viewCodes.flatMap(({ position, sct, meaning }) => (meaning === undefined ? [] : [[position, codeOf({ sct, meaning })] as const])),
);
const modifiers: ReadonlyMap<ViewModifier, Code> = new Map(modifierCodes.map((one) => [one.name, codeOf(one)]));

/** A position as codes: the base view, and its modifiers by the header or by the name itself; those without a code of CID 4015 are left out. */
export function codedView(position: ViewPosition, stated: readonly ViewModifier[]): { readonly view: Code; readonly modifiers: readonly Code[] } {
  const modified = modifiedPositions.find((one) => one.position === position);
  const all = new Set<ViewModifier>([...(modified ? [modified.modifier] : []), ...stated]);
  return {
    view: views.get(modified?.view ?? position)!,
    modifiers: [...all].map((modifier) => modifiers.get(modifier)).filter((code) => code !== undefined),
  };
}

/** All codes that `codedView` writes. */
export const allViewCodes: readonly Code[] = [...views.values(), ...modifiers.values()];
