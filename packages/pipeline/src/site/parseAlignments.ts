import type { RankReference } from "@mammo/ensemble";
import { PipelineError } from "../pipelineError.ts";
import type { DeviceAlignment } from "./alignDevice.ts";

/**
 * The parsed site.json of `npm run site`, or any JSON with `alignments` -> each device's alignment, by its name.
 *
 * @throws PipelineError `other-reference` for alignments to another reference than the bundle's, and for a bundle without one; `table` for what holds no alignments, and for one whose knots do not rise.
 * @example const alignments = parseAlignments(JSON.parse(await readFile("site.json", "utf8")), bundle);
 */
export function parseAlignments(value: unknown, { reference }: { readonly reference?: RankReference }): ReadonlyMap<string, DeviceAlignment> {
  if (reference === undefined)
    throw new PipelineError("other-reference", "Expected a bundle that keeps a reference to align to, got none: npm run calibrate writes one");
  const { alignments } = (typeof value === "object" && value !== null ? value : {}) as { readonly alignments?: unknown };
  if (!Array.isArray(alignments))
    throw new PipelineError("table", "Expected alignments of devices, as site.json of npm run site holds them, got none");
  return new Map(
    alignments.map((one: unknown, i) => {
      const { kind, device, from, to, reference: made } = (typeof one === "object" && one !== null ? one : {}) as Partial<DeviceAlignment>;
      if (
        kind !== "device alignment" ||
        typeof device !== "string" ||
        device === "" ||
        !rises(from, "strictly") ||
        !rises(to) ||
        from.length !== to.length
      )
        throw new PipelineError("table", `Expected alignment ${i + 1} to have a device and knots that rise, got others`);
      if (made !== reference.sha256)
        throw new PipelineError(
          "other-reference",
          `Expected alignments to the reference of this bundle (${reference.sha256.slice(0, 16)}…), got others`,
        );
      return [device, one as DeviceAlignment] as const;
    }),
  );
}

/** At least two finite numbers, none below the one before, or each above it. */
const rises = (list: unknown, how?: "strictly"): list is readonly number[] =>
  Array.isArray(list) &&
  list.length >= 2 &&
  list.every((value, i) => Number.isFinite(value) && (i === 0 || value > list[i - 1] || (how === undefined && value === list[i - 1])));
