import type { Vr } from "../write/element.ts";
import { decodeSteps } from "./decodeSteps.ts";
import { tagSteps } from "./dictionary.ts";

let table: ReadonlyMap<number, readonly Vr[]> | undefined;

/** The value representations that the standard allows a tag (PS3.6); undefined for private tags and those that it does not know. */
export function standardVr(tag: number): readonly Vr[] | undefined {
  table ??= new Map(
    Object.entries(tagSteps).flatMap(([vrs, steps]) => {
      const allowed = vrs.split("/") as Vr[];
      return decodeSteps(steps).map((one) => [one, allowed] as const);
    }),
  );
  return table.get(tag);
}
