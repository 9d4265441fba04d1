import { selectBackend } from "@mammo/backend";
import { asymMirai, caracNetSymmetry, dreamNetSymmetry, type Pair } from "@mammo/models";
import { expectClose } from "@mammo/testing";
import {
  dispose,
  mul,
  profile,
  reverse,
  type Scalar,
  sum,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  variableGrads,
  zeros,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { noise } from "./noise.ts";

beforeAll(() => selectBackend({ prefer: "wasm" }));
const width = 1 / 32;

const pairs = (key: string, [rows, columns]: readonly [number, number], present: readonly (readonly [number, number])[]): Pair => ({
  left: noise<Tensor4D>(`${key}/left`, [present.length, rows, columns, 1]),
  right: noise<Tensor4D>(`${key}/right`, [present.length, rows, columns, 1]),
  present: tensor2d(present.map((one) => [...one])),
});
const swapped = ({ left, right, present }: Pair): Pair => ({ left: right, right: left, present: tidy(() => reverse<Tensor2D>(present, 1)) });

const graphs = [
  { name: "dreamNetSymmetry", size: [448, 448], build: (seed: number) => dreamNetSymmetry({ width, rows: 448, columns: 448, seed }) },
  { name: "caracNetSymmetry", size: [192, 192], build: (seed: number) => caracNetSymmetry({ width, seed }) },
  { name: "asymMirai", size: [320, 320], build: (seed: number) => asymMirai({ width, windows: 3, seed }) },
] as const;
const flags = fc.constantFrom([1, 1] as const, [1, 0] as const, [0, 1] as const);

describe.each(graphs)("$name", ({ name, size, build }) => {
  it("swapping the breasts swaps the outputs, whichever is missing", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(flags, { minLength: 1, maxLength: 3 }), (seed, present) => {
        const model = build(seed);
        tidy(() => {
          const views = pairs(`${seed}`, size, present);
          expectClose(model.apply(swapped(views)).dataSync(), reverse(model.apply(views), 1).dataSync(), { absolute: 1e-5 });
        });
        model.dispose();
      }),
      { numRuns: 8 },
    );
  });

  it("a gradient takes as many kernels for three pairs as for one: none for each copy of what stands in for a missing side", async () => {
    const model = build(3);
    const kernels = async (present: readonly (readonly [number, number])[]) => {
      const views = pairs("a", size, present);
      const params = Object.values(model.params);
      const { kernelNames, kernels: run } = await profile(() => {
        const { value, grads } = variableGrads(() => sum<Scalar>(model.apply(views)), params);
        dispose(grads);
        return value;
      });
      dispose({ ...views });
      expect(kernelNames.length).toBeGreaterThan(0);
      return run.length;
    };
    expect(await kernels([[1, 1], [1, 0], [0, 1]])).toBe(await kernels([[1, 0]])); // biome-ignore format: one line
    model.dispose();
  });

  it("does not look at the pixels of a missing side, and does at those of a present one", () => {
    const model = build(3);
    tidy(() => {
      const views = pairs(
        "a",
        size,
        [
          [1, 0],
          [1, 1],
        ].map(([a, b]) => [a!, b!] as const),
      );
      const before = model.apply(views).dataSync();
      const after = model.apply({ ...views, right: mul(noise<Tensor4D>("other", views.right.shape), 0.5) }).dataSync();
      const own = name === "asymMirai" ? [0, 1] : [0];
      for (const at of own) expectClose(after[at]!, before[at]!, { absolute: 1e-6 });
      expect(Math.abs(after[2]! - before[2]!)).toBeGreaterThan(1e-4);
    });
    model.dispose();
  });

  it("equal breasts have equal outputs", () => {
    const model = build(5);
    tidy(() => {
      const { left, present } = pairs("b", size, [[1, 1]]);
      const [a, b] = model.apply({ left, right: left, present }).dataSync();
      expectClose(a!, b!, { absolute: 1e-6 });
    });
    model.dispose();
  });
});

describe("pairs that are none are refused", () => {
  it.each(graphs)("$name", ({ size, build }) => {
    const model = build(1);
    const views = pairs("c", size, [[1, 1]]);
    const small = zeros([1, 100, 100, 1]) as Tensor4D;
    expect(() => model.apply({ ...views, right: small })).toThrow(
      /^Expected left and right of one shape, got \[1, \d+, \d+, 1\] and \[1, 100, 100, 1\]\.$/,
    );
    expect(() => model.apply({ left: small, right: small, present: views.present })).toThrow(/at least \d+x\d+.*got 100x100.*would fit/);
    expect(() => model.apply({ ...views, present: tensor2d([[1]]) })).toThrow("Expected flags [1, 2] of what is present, got [1, 1].");
    dispose([...Object.values(views), small]);
    model.dispose();
  });
});
