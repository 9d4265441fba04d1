import { requireKnownKeys } from "@mammo/mammogram";

/** One member of an ensemble: which net it is, and where it comes from. */
export interface EnsembleMember {
  readonly name: string;
  /** Members of a family differ in their data and seed only. */
  readonly family: string;
  /** Which fold it was not trained on; absent where it has seen none of the cases. */
  readonly fold?: number;
  readonly seed?: number;
  /** SHA-256 of its weights, 64 hexadecimal digits. */
  readonly sha256?: string;
}

/** A member and its score of each case: logits, or any other finite numbers. */
export interface MemberScores extends EnsembleMember {
  readonly scores: readonly { readonly id: string; readonly score: number }[];
}

/** refuse: every member must have scored the same cases. common: only cases that all have scored. present: any case, by whoever has scored it. */
export type MissingRule = "refuse" | "common" | "present";

/** Members side by side: `scores[m][i]` is member m's score of case i, NaN where it has none. */
export interface JoinedMembers {
  readonly ids: readonly string[];
  readonly members: readonly EnsembleMember[];
  readonly scores: readonly Float64Array[];
  /** Cases that a member has not scored, or that were left out for it. */
  readonly missing: readonly { readonly id: string; readonly members: readonly string[] }[];
}

/**
 * Members' lists of scores joined by case id, in the order of the first member that has each.
 *
 * Lists in different orders are no matter; a case that one member lacks is, and must be said: `missing` (default "refuse") is the rule.
 *
 * @throws RangeError for no members, a member without scores, two members or two cases of one name, scores that are not finite, a hash that is none, and, by the rule "refuse",
 * a case that not all have scored; by "common", no case in common.
 * @example const { ids, scores } = joinMembers([{ name: "a", family: "vgg", scores: a }, { name: "b", family: "resnet", scores: b }]);
 */
export function joinMembers(lists: readonly MemberScores[], options: { readonly missing?: MissingRule } = {}): JoinedMembers {
  requireKnownKeys("joinMembers", options, { missing: true });
  const { missing: rule = "refuse" } = options;
  if (!["refuse", "common", "present"].includes(rule))
    throw new RangeError(`Expected missing refuse, common or present, got ${JSON.stringify(rule)}`);
  if (lists.length === 0) throw new RangeError("Expected at least one member, got none");
  const tables = lists.map(tableOf);
  for (const [m, { name }] of lists.entries())
    if (lists.findIndex((list) => list.name === name) < m)
      throw new RangeError(`Expected members of different names, got two named ${JSON.stringify(name)}`);
  const all = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  const missing = all.flatMap((id) => {
    const without = lists.filter((_, m) => !tables[m]!.has(id)).map(({ name }) => name);
    return without.length > 0 ? [{ id, members: without }] : [];
  });
  if (rule === "refuse" && missing.length > 0)
    throw new RangeError(
      `Expected the same cases of every member, got ${missing.length} of ${all.length} that some lack, the first lacked by ${missing[0]!.members.join(", ")}`,
    );
  const lacking = new Set(missing.map(({ id }) => id));
  const ids = rule === "present" ? all : all.filter((id) => !lacking.has(id));
  if (ids.length === 0) throw new RangeError(`Expected cases that all ${lists.length} members have scored, got none`);
  const scores = tables.map((table) => Float64Array.from(ids, (id) => table.get(id) ?? Number.NaN));
  return { ids, members: lists.map(({ scores: _, ...member }) => member), scores, missing };
}

function tableOf({ name, sha256, scores }: MemberScores): ReadonlyMap<string, number> {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256))
    throw new RangeError(`Expected sha256 of ${name} as 64 hexadecimal digits, got ${JSON.stringify(sha256)}`);
  if (scores.length === 0) throw new RangeError(`Expected scores of ${name}, got none`);
  const table = new Map<string, number>();
  for (const [i, { id, score }] of scores.entries()) {
    if (!Number.isFinite(score)) throw new RangeError(`Expected finite scores of ${name}, got ${score} at ${i}`);
    if (table.has(id)) throw new RangeError(`Expected one score of each case from ${name}, got a second one at ${i}`);
    table.set(id, score);
  }
  return table;
}
