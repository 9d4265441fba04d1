import { requireKnownKeys } from "@mammo/mammogram";
import { checkCases, rangeError } from "../cases/checkCases.ts";
import { type ClusterNames, checkName, numberClusters } from "../cases/clusters.ts";
import type { CurveStatistic } from "../roc/rocCurve.ts";
import { type BootstrapEstimate, bootstrapRoc, type RocBootstrapOptions, rocBootstrapOptionNames, type ScoredCases } from "./bootstrapRoc.ts";

/** One subgroup's row. */
export interface SubgroupRow<Name extends string> {
  readonly group: string | number;
  readonly cases: number;
  readonly positives: number;
  readonly clusters: number;
  /** Undefined when the group has one class or one cluster only: there is nothing to estimate. */
  readonly estimates: Readonly<Record<Name, BootstrapEstimate>> | undefined;
}

/**
 * ROC statistics in each subgroup with intervals clustered as the whole is; rows in order of first appearance.
 *
 * Many subgroups mean many intervals: one in twenty misses by chance.
 *
 * @throws RangeError for another number of groups than labels, and as `bootstrapRoc` does.
 * @example subgroups({ labels, scores, clusters: women }, density, { auroc: areaUnder }, { seed: 1 });
 */
export function subgroups<Name extends string>(
  { labels, scores, clusters }: ScoredCases,
  groups: ClusterNames,
  statistics: Readonly<Record<Name, CurveStatistic>>,
  options: RocBootstrapOptions,
): readonly SubgroupRow<Name>[] {
  requireKnownKeys("subgroups", options, rocBootstrapOptionNames);
  checkCases(labels, scores);
  if (groups.length !== labels.length) throw rangeError(`groups to be as long as labels (${labels.length})`, groups.length);
  const names: ClusterNames = clusters ?? Array.from(labels, (_, i) => i);
  const rows = new Map<string | number, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const group = checkName(groups[i], `groups[${i}]`);
    const list = rows.get(group) ?? [];
    list.push(i);
    rows.set(group, list);
  }
  return Array.from(rows, ([group, list]) => {
    const own = { labels: list.map((i) => labels[i]!), scores: list.map((i) => scores[i]!), clusters: list.map((i) => names[i]!) };
    const positives = own.labels.reduce((sum, label) => sum + label, 0);
    const { count } = numberClusters(list.length, own.clusters);
    const estimable = positives > 0 && positives < list.length && count > 1;
    return { group, cases: list.length, positives, clusters: count, estimates: estimable ? bootstrapRoc(own, statistics, options) : undefined };
  });
}
