import { type Layout, type NamedArray, type NameRule, renameWeights, requireWhole, WeightsError } from "@mammo/weights";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Where a number lies in an array of this shape: the definition of row-major. */
const at = (shape: readonly number[], index: readonly number[]) => shape.reduce((sum, side, axis) => sum * side + index[axis]!, 0);
const product = (shape: readonly number[]) => shape.reduce((one, side) => one * side, 1);
const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, side) => all.flatMap((index) => Array.from({ length: side }, (_, i) => [...index, i])), [[]]);

const kinds = [Float32Array, Float64Array, Int32Array, Int16Array, Int8Array, Uint8Array] as const;
const side = fc.integer({ min: 0, max: 4 });
const some = fc.integer({ min: 1, max: 4 });
const counted = (shape: readonly number[], Kind: (typeof kinds)[number] = Float32Array): NamedArray => ({
  shape,
  data: new Kind(Array.from({ length: product(shape) }, (_, i) => i % 128)),
});
const renamed = (array: NamedArray, layout: Layout): NamedArray =>
  renameWeights({ theirs: array }, [{ from: "theirs", to: "ours", layout }]).arrays["ours"]!;

describe("layouts, against their definition number by number", () => {
  it.each([
    ["OIHW", "HWIO"],
    ["OI", "IO"],
    ["NCHW", "NHWC"],
  ] as const)("%s -> %s, in the dtype that it has", (theirs, ours) => {
    fc.assert(
      fc.property(fc.array(side, { minLength: theirs.length, maxLength: theirs.length }), fc.constantFrom(...kinds), (shape, Kind) => {
        const array = counted(shape, Kind);
        const copy = array.data.slice();
        const turned = renamed(array, theirs);
        expect(turned.shape).toEqual([...ours].map((letter) => shape[theirs.indexOf(letter)]));
        expect(turned.data.constructor).toBe(Kind);
        for (const index of indices(shape))
          expect(
            turned.data[
              at(
                turned.shape,
                [...ours].map((letter) => index[theirs.indexOf(letter)]!),
              )
            ],
          ).toBe(array.data[at(shape, index)]);
        expect(array.data).toEqual(copy);
      }),
    );
  });

  it("flattened maps: channels first and channels last read the same, and what follows stays", () => {
    fc.assert(
      fc.property(some, some, some, side, fc.integer({ min: 1, max: 3 }), (channels, rows, columns, rest, outputs) => {
        const size = channels * rows * columns;
        const array = counted([outputs, size + rest]);
        const { shape, data } = renamed(array, { flattened: [channels, rows, columns] });
        expect(shape).toEqual([size + rest, outputs]);
        for (let output = 0; output < outputs; output++) {
          for (const [c, r, k] of indices([channels, rows, columns]) as [number, number, number][])
            expect(data[at([rows, columns, channels, outputs], [r, k, c, output])]).toBe(
              array.data[at([outputs, size + rest], [output, at([channels, rows, columns], [c, r, k])])],
            );
          for (let i = size; i < size + rest; i++) expect(data[at(shape, [i, output])]).toBe(array.data[at(array.shape, [output, i])]);
        }
      }),
    );
  });
});

describe("names", () => {
  const one = { shape: [], data: Float32Array.of(1) };
  const outcome = (name: string, ...rules: readonly NameRule[]) => {
    const { arrays, unexpected } = renameWeights({ [name]: one }, rules);
    return unexpected.length > 0 ? "unexpected" : (Object.keys(arrays)[0] ?? "left out");
  };

  it.each<[name: string, from: string, to: string | null, outcome: string]>([
    ["blocks.10.conv.weight", "blocks.{k}.conv.{what}", "block{k}/conv/{what}", "block10/conv/weight"],
    ["block1_conv2", "{block}_{conv}", "{conv}/{block}", "conv2/block1"],
    ["a.b.c", "{all}", "{all}", "unexpected"],
    ["a/b", "{all}", "{all}", "unexpected"],
    ["", "{all}", "{all}", "unexpected"],
    ["a.b", "a.b", "x", "x"],
    ["axb", "a.b", "x", "unexpected"],
    ["kernel:0", "kernel:0", "kernel", "kernel"],
    ["a[0](1)+*?^$|\\", "a[0](1)+*?^$|\\", "x", "x"],
    ["bn.num_batches_tracked", "{layer}.num_batches_tracked", null, "left out"],
    ["__proto__", "{name}", "{name}", "__proto__"],
    ["n".repeat(1000), "{name}", "x", "x"],
    ["n".repeat(1001), "{name}", "x", "unexpected"],
  ])("%s by %s -> %s: %s", (name, from, to, expected) => expect(outcome(name, { from, to })).toBe(expected));

  it("the first rule that fits is the one that counts", () => {
    expect(outcome("a", { from: "a", to: "first" }, { from: "{any}", to: "second" })).toBe("first");
    expect(outcome("b", { from: "a", to: "first" }, { from: "{any}", to: "second" })).toBe("second");
  });

  it("what no rule knows is listed, sorted", () => {
    expect(renameWeights({ b: one, a: one, c: one }, [{ from: "c", to: "c" }])).toMatchObject({ unexpected: ["a", "b"], arrays: { c: one } });
  });

  it.each<[string, NameRule, string]>([
    ["a word from nowhere", { from: "a{k}", to: "b{i}" }, "Expected the words of b{i} once each in a{k}, got {i}."],
    ["a word twice", { from: "{k}a{k}", to: "b{k}" }, "Expected the words of b{k} once each in {k}a{k}, got one twice."],
    ["what is no number", { from: "a", to: "b", add: Number.NaN }, "Expected a number to add for a, got NaN."],
    ["a text as a number", { from: "a", to: "b", add: "1" as never }, 'Expected a number to add for a, got "1".'],
    ["no rule", null as never, "Expected a rule { from, to }, got null."],
    ["no name", { to: "b" } as never, "Expected from of a rule to be a name, got undefined."],
    ["no name of ours", { from: "a" } as never, "Expected to of the rule for a to be a name or null, got undefined."],
    ["a number as a name of ours", { from: "a", to: 1 as never }, "Expected to of the rule for a to be a name or null, got 1."],
    ["a word misspelt", { from: "a", to: "b", layuot: "OI" } as never, "Expected from, to, layout, add in the rule for a, got layuot."],
  ])("%s in a rule is refused", (_, rule, message) => expect(() => renameWeights({}, [rule])).toThrow(new RangeError(message)));

  it.each<[unknown, string]>([
    ["HWIO", '"HWIO"'],
    ["toString", '"toString"'],
    [null, "null"],
    [{}, "{}"],
    [["OI"], '["OI"]'],
    [{ flattened: [1.5, 1, 1] }, '{"flattened":[1.5,1,1]}'],
    [{ flattened: [0, 0, 0] }, '{"flattened":[0,0,0]}'],
    [{ flattened: [1, 1] }, '{"flattened":[1,1]}'],
    [{ flattened: "OI" }, '{"flattened":"OI"}'],
    [{ flattened: [1, 1, 1], order: "C" }, '{"flattened":[1,1,1],"order":"C"}'],
  ])("the layout %j is refused before any array is looked at", (layout, got) => {
    const message = `Expected the layout OIHW, OI, NCHW or { flattened: [channels, rows, columns] }, each at least 1, for a, got ${got}.`;
    expect(() => renameWeights({}, [{ from: "a", to: "b", layout: layout as Layout }])).toThrow(new RangeError(message));
  });

  it("what is no list of rules is refused", () => {
    expect(() => renameWeights({}, { from: "a", to: "b" } as never)).toThrow(new RangeError('Expected a list of rules, got {"from":"a","to":"b"}.'));
  });
});

describe("add", () => {
  it("moves each number, in float32, and leaves the source as it is", () => {
    const variance = { shape: [2], data: Float32Array.of(0.5, 2) };
    const { arrays } = renameWeights({ var: variance }, [{ from: "var", to: "variance", add: 1e-5 - 1e-3 }]);
    expect(arrays["variance"]).toEqual({ shape: [2], data: Float32Array.of(0.5 + 1e-5 - 1e-3, 2 + 1e-5 - 1e-3) });
    expect(variance.data).toEqual(Float32Array.of(0.5, 2));
  });

  it.each([Int32Array.of(1), Uint8Array.of(1), BigInt64Array.of(1n)])("refuses whole numbers (%o), which it would cut or not move", (data) => {
    const theirs = { shape: [1], data };
    expect(() => renameWeights({ a: theirs }, [{ from: "a", to: "b", add: 0.5 }])).toThrow(
      new WeightsError("mismatch", `Expected a of float32 or float64 to add 0.5 to, got ${data.constructor.name}.`),
    );
    expect(renameWeights({ a: theirs }, [{ from: "a", to: "b", add: 0 }]).arrays["b"]).toEqual(theirs);
  });
});

describe("arrays whose numbers and shape disagree", () => {
  const rules: readonly NameRule[] = [{ from: "a", to: "b", layout: "OI" }];
  it.each<[what: string, shape: readonly number[], message: string]>([
    ["too few", [2, 3], "Expected 6 numbers in a of shape [2, 3], got 2."],
    ["too many", [1, 1], "Expected 1 numbers in a of shape [1, 1], got 2."],
    ["half a side", [0.5, 4], "Expected the shape of a to be whole numbers, got [0.5, 4]."],
    ["sides below 0", [-1, -2], "Expected the shape of a to be whole numbers, got [-1, -2]."],
  ])("%s: refused by requireWhole and renameWeights, also where no rule knows the array", (_, shape, message) => {
    const source = { a: { shape, data: Float32Array.of(1, 2) } };
    const error = expect.objectContaining({ name: "WeightsError", code: "mismatch", message });
    for (const call of [() => requireWhole(source), () => renameWeights(source, rules), () => renameWeights(source, [])]) expect(call).toThrow(error);
  });

  it("requireWhole takes numbers of every dtype, one and none", () => {
    requireWhole({ one: { shape: [], data: BigInt64Array.of(1n) }, none: { shape: [0, 3], data: new Uint8Array() }, two: counted([2, 1]) });
  });
});
