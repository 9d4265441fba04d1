import { quantile, requireKnownKeys } from "@mammo/mammogram";
import type { JoinedMembers } from "./joinMembers.ts";
import { logit, sigmoid } from "./logit.ts";

/**
 * How members' logits of one case become one number. mean-logit: their mean. family-logit: the mean within each family, then over the families, so that a
 * family of ten does not outvote one of two. mean-prob: the logit of the mean probability. geometric: the logit of exp(mean ln p), lowered by any member that
 * sees nothing. trimmed: the mean logit of the middle 60 %. median: that of the middle.
 */
export type MemberPooling = "mean-logit" | "family-logit" | "mean-prob" | "geometric" | "trimmed" | "median";

/** Share of members left out at each end by "trimmed". */
const trimmedShare = 0.2;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

const poolings: Readonly<Record<MemberPooling, (logits: readonly number[], families: readonly string[]) => number>> = {
  "mean-logit": mean,
  "family-logit": (logits, families) => {
    const names = [...new Set(families)];
    return mean(names.map((name) => mean(logits.filter((_, m) => families[m] === name))));
  },
  "mean-prob": (logits) => logit(mean(logits.map(sigmoid))),
  // ln p = -ln(1 + exp(-z)), without overflow.
  geometric: (logits) => logit(Math.exp(mean(logits.map((z) => Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z))))))),
  trimmed: (logits) => {
    const sorted = [...logits].sort((a, b) => a - b);
    const cut = Math.floor(trimmedShare * sorted.length);
    return mean(sorted.slice(cut, sorted.length - cut));
  },
  median: (logits) => quantile(Float64Array.from(logits).sort(), 0.5),
};

/**
 * One logit for each case out of its members' logits. A case that some members lack (NaN) is pooled over the others.
 *
 * Not calibrated, even if the members are: pool first, then calibrate (Rahaman and Thiery 2020).
 *
 * Source: ours in its list; "family-logit" is how 5 families of 10 instances are made one here.
 *
 * @throws RangeError for an unknown method, and a case that no member, or fewer than `minMembers` (default 1), have scored.
 * @example const logits = poolMembers(joinMembers(lists), "family-logit");
 */
export function poolMembers(
  { members, scores, ids }: Pick<JoinedMembers, "members" | "scores" | "ids">,
  method: MemberPooling,
  options: { readonly minMembers?: number } = {},
): Float64Array {
  requireKnownKeys("poolMembers", options, { minMembers: true });
  const { minMembers = 1 } = options;
  if (!Object.hasOwn(poolings, method)) throw new RangeError(`Expected method ${Object.keys(poolings).join(", ")}, got ${JSON.stringify(method)}`);
  if (members.length === 0 || scores.length !== members.length)
    throw new RangeError(`Expected a list of scores for each of at least one member, got ${scores.length} for ${members.length}`);
  if (!(Number.isInteger(minMembers) && minMembers >= 1)) throw new RangeError(`Expected minMembers to be a whole number >= 1, got ${minMembers}`);
  const families = members.map(({ family }) => family);
  return Float64Array.from(ids, (_, i) => {
    const present = scores.flatMap((list, m) => (Number.isNaN(list[i]!) ? [] : [m]));
    if (present.length < minMembers) throw new RangeError(`Expected at least ${minMembers} members with a score of case ${i}, got ${present.length}`);
    return poolings[method](
      present.map((m) => scores[m]![i]!),
      present.map((m) => families[m]!),
    );
  });
}
