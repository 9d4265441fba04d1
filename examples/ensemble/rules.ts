import {
  applyStack,
  type EnsembleMember,
  fitNonNegativeStack,
  fitStack,
  fitTemperature,
  freezeRanks,
  type JoinedMembers,
  type LogisticStack,
  logit,
  type MemberPooling,
  poolMembers,
  rankAgainst,
} from "@mammo/ensemble";
import { sha256 } from "@mammo/files/node";
import { minMax } from "@mammo/mammogram";
import { auroc } from "@mammo/metrics";

/** Some cases of a part: members' logits and labels. */
export interface Cases {
  readonly members: readonly EnsembleMember[];
  readonly ids: readonly string[];
  readonly scores: readonly Float64Array[];
  readonly labels: Uint8Array;
}

/** How many become one: what it learns from some cases, it applies to others. */
export interface Rule {
  readonly name: string;
  readonly fit: (train: Cases) => (cases: Pick<JoinedMembers, "members" | "ids" | "scores">) => Float64Array;
}

const pooling = (method: MemberPooling): Rule => ({ name: method, fit: () => (cases) => poolMembers(cases, method) });

/** Each member brought to its own temperature first, so that one that shouts does not count for more. */
const tempered = (method: MemberPooling): Rule => ({
  name: `temperature, then ${method}`,
  fit: ({ scores: trained, labels }) => {
    const temperatures = trained.map((scores) => fitTemperature(scores, labels).temperature);
    return (cases) => poolMembers({ ...cases, scores: cases.scores.map((scores, m) => scores.map((z) => z / temperatures[m]!)) }, method);
  },
});

const stacked = (name: string, fit: (members: readonly Float64Array[], labels: Uint8Array) => LogisticStack): Rule => ({
  name,
  fit: ({ scores, labels }) => {
    const stack = fit(scores, labels);
    return ({ ids, scores: others }) =>
      Float64Array.from(ids, (_, i) =>
        applyStack(
          stack,
          others.map((member) => member[i]!),
        ),
      );
  },
});

/** Candidates, all of them, before any was tried. */
export const rules: readonly Rule[] = [
  ...(["mean-logit", "family-logit", "mean-prob", "geometric", "trimmed", "median"] as const).map(pooling),
  ...(["mean-logit", "family-logit"] as const).map(tempered),
  {
    name: "mean rank",
    fit: ({ scores: trained }) => {
      const references = trained.map((scores) => freezeRanks(scores, { sha256: sha256(scores.join("\n")) }));
      return ({ ids, scores }) =>
        Float64Array.from(ids, (_, i) => logit(scores.reduce((sum, member, m) => sum + rankAgainst(references[m]!, member[i]!) / scores.length, 0)));
    },
  },
  {
    name: "best single member",
    fit: ({ scores: trained, labels }) => {
      const areas = trained.map((scores) => auroc(labels, scores));
      const best = areas.indexOf(minMax(areas)[1]);
      return ({ scores }) => Float64Array.from(scores[best]!);
    },
  },
  ...[1, 10, 100].map((ridge) => stacked(`stack, ridge ${ridge}`, (members, labels) => fitStack(members, labels, { ridge }))),
  ...[1, 10, 100].map((ridge) =>
    stacked(`stack without negative weights, ridge ${ridge}`, (members, labels) => fitNonNegativeStack(members, labels, { ridge })),
  ),
];

/** Cases at these places. */
export function pick({ joined, labels }: { readonly joined: JoinedMembers; readonly labels: Uint8Array }, at?: readonly number[]): Cases {
  const { members, ids, scores } = joined;
  if (at === undefined) return { members, ids, scores, labels };
  return {
    members,
    ids: at.map((i) => ids[i]!),
    scores: scores.map((list) => Float64Array.from(at, (i) => list[i]!)),
    labels: Uint8Array.from(at, (i) => labels[i]!),
  };
}
