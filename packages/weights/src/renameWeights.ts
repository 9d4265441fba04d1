import { requireWhole } from "./requireWhole.ts";
import type { NamedArray } from "./safetensors.ts";
import { WeightsError } from "./weightsError.ts";
import { isCounts } from "./wholeArray.ts";

/**
 * Order of an array's axes where it comes from, in letters of a kernel (I in, O out, H W rows and columns) or a map (N C H W); the array is turned into ours,
 * HWIO, IO and NHWC. `flattened` is OI of a dense layer behind a flattened map [C, H, W]: the first C·H·W inputs are put in the order of [H, W, C], what follows them
 * stays behind.
 */
export type Layout = "OIHW" | "OI" | "NCHW" | { readonly flattened: readonly [channels: number, rows: number, columns: number] };

/** What becomes of the arrays of one name, or of all names of one form; plain data, so a map can be a JSON file. */
export interface NameRule {
  /** Their name. `{word}` stands for one or more characters other than dot and slash: `blocks.{k}.conv.weight`. */
  readonly from: string;
  /** Our name, with the same words: `block{k}/conv/kernel`; null for what is of no use here, such as a counter. */
  readonly to: string | null;
  /** Default: as ours. */
  readonly layout?: Layout;
  /** Added to each number of a float32 or float64 array: their epsilon less ours, of a variance. Default 0. */
  readonly add?: number;
}

/** Arrays under our names. */
export interface RenamedWeights {
  readonly arrays: Readonly<Record<string, NamedArray>>;
  /** Their names of what no rule knows, sorted. */
  readonly unexpected: readonly string[];
}

/**
 * A state of another framework -> arrays with our names and layouts, copied where they are turned. The first rule that fits a name is the one that counts. Ours.
 *
 * @throws WeightsError `mismatch` where two arrays get one name, or an array has not as many numbers as its shape says, not the axes of its layout, or whole numbers and something
 * to `add`; RangeError for a rule that is none, such as one with a word in `to` that `from` lacks or another layout: rules may be read from a file as they are.
 * @example
 * const { arrays } = renameWeights(decodeSafetensors(bytes).arrays, [
 *   { from: "features.{k}.weight", to: "conv{k}/kernel", layout: "OIHW" },
 *   { from: "features.{k}.bias", to: "conv{k}/bias" },
 *   { from: "{module}.num_batches_tracked", to: null },
 * ]);
 */
export function renameWeights(source: Readonly<Record<string, NamedArray>>, rules: readonly NameRule[]): RenamedWeights {
  if (!Array.isArray(rules)) throw new RangeError(`Expected a list of rules, got ${shown(rules)}.`);
  const named = rules.map((rule: NameRule) => ({ ...rule, match: matcher(requireRule(rule)) }));
  requireWhole(source);
  const arrays: Record<string, NamedArray> = Object.create(null);
  const origins = new Map<string, string>();
  const unexpected: string[] = [];
  for (const [theirs, array] of Object.entries(source)) {
    const found = named.map(({ match, ...rule }) => ({ rule, name: match(theirs) })).find(({ name }) => name !== undefined);
    if (found === undefined) unexpected.push(theirs);
    else if (typeof found.name === "string") {
      const other = origins.get(found.name);
      if (other !== undefined) throw new WeightsError("mismatch", `Expected one array for each name, got ${other} and ${theirs} for ${found.name}.`);
      origins.set(found.name, theirs);
      arrays[found.name] = moved(theirs, turned(theirs, array, found.rule.layout), found.rule.add ?? 0);
    }
  }
  return { arrays, unexpected: unexpected.sort() };
}

/** Longer names than any framework's fit no rule: several words are tried in all ways of parting a name. */
const longestName = 1000;

/** Which of their axes each of ours is. */
const turns = { OIHW: [2, 3, 1, 0], OI: [1, 0], NCHW: [0, 2, 3, 1] } as const;

/** A word of a rule that is misspelt would else be a layout that is forgotten, and a square kernel that is loaded on its side. */
const fields = ["from", "to", "layout", "add"];

function requireRule(rule: NameRule): NameRule {
  if (typeof rule !== "object" || rule === null) throw new RangeError(`Expected a rule { from, to }, got ${shown(rule)}.`);
  const { from, to, layout, add = 0 } = rule;
  if (typeof from !== "string") throw new RangeError(`Expected from of a rule to be a name, got ${shown(from)}.`);
  const strange = Object.keys(rule).find((field) => !fields.includes(field));
  if (strange !== undefined) throw new RangeError(`Expected ${fields.join(", ")} in the rule for ${from}, got ${strange}.`);
  if (typeof to !== "string" && to !== null) throw new RangeError(`Expected to of the rule for ${from} to be a name or null, got ${shown(to)}.`);
  if (layout !== undefined && !isLayout(layout))
    throw new RangeError(
      `Expected the layout ${Object.keys(turns).join(", ")} or { flattened: [channels, rows, columns] }, each at least 1, for ${from}, got ${shown(layout)}.`,
    );
  if (!Number.isFinite(add)) throw new RangeError(`Expected a number to add for ${from}, got ${shown(add)}.`);
  return rule;
}

function isLayout(layout: unknown): boolean {
  if (typeof layout !== "object" || layout === null) return typeof layout === "string" && Object.hasOwn(turns, layout);
  const { flattened, ...rest } = layout as { readonly flattened?: unknown };
  return isCounts(flattened) && flattened.length === 3 && !flattened.includes(0) && Object.keys(rest).length === 0;
}

/** As JSON, in which a number that is none would be null. */
const shown = (value: unknown): string => (typeof value === "number" ? String(value) : (JSON.stringify(value)?.slice(0, 100) ?? typeof value));

/** Their name -> ours, null where the rule leaves it out, undefined where the rule is not of this name. */
function matcher({ from, to }: NameRule): (name: string) => string | null | undefined {
  const word = /\{(\w+)\}/g;
  const words = Array.from(from.matchAll(word), ([, one]) => one!);
  const strange = Array.from((to ?? "").matchAll(word), ([, one]) => one!).find((one) => !words.includes(one));
  if (strange !== undefined || new Set(words).size < words.length)
    throw new RangeError(`Expected the words of ${to ?? from} once each in ${from}, got ${strange === undefined ? "one twice" : `{${strange}}`}.`);
  // Every other part of a split by a group is the group.
  const parts = from.split(word).map((part, index) => (index % 2 === 0 ? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : "([^./]+)"));
  const pattern = new RegExp(`^${parts.join("")}$`);
  return (name) => {
    const values = name.length <= longestName ? pattern.exec(name)?.slice(1) : undefined;
    return values && (to === null ? null : to.replace(word, (_, one: string) => values[words.indexOf(one)]!));
  };
}

function turned(name: string, array: NamedArray, layout: Layout | undefined): NamedArray {
  if (layout === undefined) return array;
  const rank = typeof layout === "object" ? 2 : turns[layout].length;
  if (array.shape.length !== rank) throw new WeightsError("mismatch", `Expected ${name} of ${rank} axes, got shape [${array.shape.join(", ")}].`);
  return typeof layout === "object" ? unflattened(name, array, layout.flattened) : transposed(array, turns[layout]);
}

function transposed({ shape, data }: NamedArray, axes: readonly number[]): NamedArray {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const sides = axes.map((axis) => shape[axis]!);
  return picked(data, sides, (at) => {
    let [left, from] = [at, 0];
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += (left % sides[axis]!) * steps[axes[axis]!]!;
      left = Math.floor(left / sides[axis]!);
    }
    return from;
  });
}

/** [O, C·H·W + rest] -> [H·W·C + rest, O] */
function unflattened(name: string, { shape, data }: NamedArray, [channels, rows, columns]: readonly [number, number, number]): NamedArray {
  const [outputs, inputs] = shape as [number, number];
  const cells = rows * columns;
  if (inputs < channels * cells)
    throw new WeightsError("mismatch", `Expected ${name} of at least ${channels * cells} inputs, got shape [${shape.join(", ")}].`);
  return picked(data, [inputs, outputs], (at) => {
    const [input, output] = [Math.floor(at / outputs), at % outputs];
    const from = input < channels * cells ? (input % channels) * cells + Math.floor(input / channels) : input;
    return output * inputs + from;
  });
}

function picked(data: NamedArray["data"], shape: readonly number[], from: (at: number) => number): NamedArray {
  const into = data.slice();
  for (let at = 0; at < into.length; at++) into[at] = data[from(at)]!;
  return { shape, data: into };
}

function moved(name: string, { shape, data }: NamedArray, add: number): NamedArray {
  if (add === 0) return { shape, data };
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    throw new WeightsError("mismatch", `Expected ${name} of float32 or float64 to add ${add} to, got ${data.constructor.name}.`);
  return { shape, data: data.map((value) => value + add) };
}
