import type { Cases } from "./joinCases.ts";

/** A part of a report that is not there, and why. */
export interface Omission {
  readonly section: string;
  readonly reason: string;
}

/** What an analysis has found, as far as something may be missing in it. */
interface Found {
  readonly scores: readonly { readonly name: string; readonly reader: boolean; readonly calibration?: object | undefined }[];
  readonly differences: readonly object[];
  readonly readerStudy: object | undefined;
  readonly subgroups: readonly { readonly name: string; readonly rows: readonly { readonly group: string; readonly auroc: object | undefined }[] }[];
}

/** The parts that cannot be computed from these cases, each with its reason: said in every form of the report. */
export function omissionsOf({ scores, differences, readerStudy, subgroups }: Found, { readers, groups }: Cases): readonly Omission[] {
  const noProbability = scores.filter(({ reader, calibration }) => !reader && calibration === undefined).map(({ name }) => name);
  const unprobable = `${noProbability.join(", ")}: not all in [0, 1], so no probabilities`;
  return [
    ...(differences.length === 0 ? [{ section: "Paired differences", reason: "one model only: --score or further files name more" }] : []),
    ...(readerStudy === undefined
      ? [
          {
            section: "Reader study",
            reason: readers.length === 0 ? "no readers: --readers names their columns" : "one reader: random readers need two or more",
          },
        ]
      : []),
    ...(groups.length === 0 ? [{ section: "Subgroups", reason: "no groups: --groups names their columns" }] : []),
    ...subgroups.flatMap(({ name, rows }) => {
      const empty = new Set(rows.filter(({ auroc }) => auroc === undefined).map(({ group }) => group));
      return empty.size === 0
        ? []
        : [{ section: `Subgroups by ${name}`, reason: `no interval of ${empty.size} groups: cases of one class or of one cluster only` }];
    }),
    ...(noProbability.length > 0
      ? [
          { section: "Calibration", reason: unprobable },
          { section: "Decision curve", reason: unprobable },
        ]
      : []),
  ];
}
