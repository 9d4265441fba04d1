import { actionSteps } from "./basicProfile.ts";
import { decodeSteps } from "./decodeSteps.ts";

/** Action codes of PS3.15 E.1: replace by a dummy, empty, remove, a new UID, and what may be done according to the attribute's type. */
export type Action = keyof typeof actionSteps;

let table: ReadonlyMap<number, Action> | undefined;

/** What the Basic Profile does to a tag; undefined where Table E.1-1 does not name it. */
export function profileAction(tag: number): Action | undefined {
  table ??= new Map(Object.entries(actionSteps).flatMap(([action, steps]) => decodeSteps(steps).map((one) => [one, action as Action] as const)));
  return table.get(tag);
}
