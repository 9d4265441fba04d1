import type { BootstrapEstimate, CurveStatistic } from "@mammo/metrics";
import { bootstrapScores, type ScoresBootstrapOptions } from "./bootstrapScores.ts";
import type { Column } from "./joinCases.ts";
import { naturalOrder } from "./naturalOrder.ts";
import { type NumberedClusters, numberClusters } from "./numberClusters.ts";

/** One score in one subgroup. */
export interface SubgroupRow {
  readonly group: string;
  readonly score: string;
  readonly cases: number;
  readonly positives: number;
  readonly clusters: number;
  /** Undefined where a group has one class or one cluster only: there is nothing to estimate. */
  readonly auroc: ShortEstimate | undefined;
  readonly partialRaw: ShortEstimate | undefined;
}

/** An estimate without its replicates. */
export type ShortEstimate = Pick<BootstrapEstimate, "estimate" | "low" | "high" | "standardError">;

export const short = ({ estimate, low, high, standardError }: BootstrapEstimate): ShortEstimate => ({ estimate, low, high, standardError });

interface Grouped {
  readonly labels: readonly number[];
  readonly clusters: NumberedClusters;
  readonly columns: readonly Column<number>[];
  readonly groups: readonly string[];
}

/** ROC statistics of every score in each subgroup, groups in their natural order, as `subgroups` of @mammo/metrics: clusters are drawn within the group. Yields which group it is at. */
export function* subgroupRows(
  { labels, clusters, columns, groups }: Grouped,
  statistics: Readonly<Record<"auroc" | "partialRaw", CurveStatistic>>,
  options: ScoresBootstrapOptions,
): Generator<{ readonly phase: string; readonly done: number; readonly total: number }, readonly SubgroupRow[]> {
  const members = new Map<string, number[]>();
  for (const [i, group] of groups.entries()) {
    const own = members.get(group);
    if (own === undefined) members.set(group, [i]);
    else own.push(i);
  }
  const rows: SubgroupRow[] = [];
  for (const [k, group] of naturalOrder([...members.keys()]).entries()) {
    yield { phase: "subgroups", done: k, total: members.size };
    const own = members.get(group)!;
    const ownLabels = own.map((i) => labels[i]!);
    const ownClusters = numberClusters(own.map((i) => clusters.of[i]!));
    const positives = ownLabels.reduce((sum, label) => sum + label, 0);
    const isEstimable = positives > 0 && positives < own.length && ownClusters.count > 1;
    const scores = columns.map(({ values }) => own.map((i) => values[i]!));
    const found = isEstimable ? drained(bootstrapScores({ labels: ownLabels, clusters: ownClusters, scores }, statistics, options)) : [];
    for (const [s, { name }] of columns.entries()) {
      const estimates = found[s]?.estimates;
      rows.push({
        group,
        score: name,
        cases: own.length,
        positives,
        clusters: ownClusters.count,
        auroc: estimates && short(estimates.auroc),
        partialRaw: estimates && short(estimates.partialRaw),
      });
    }
  }
  return rows;
}

/** What work that is done in steps gives in the end. */
export function drained<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
