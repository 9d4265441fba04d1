// Batches of DreamNetSymmetry: both breasts of a view, or the features of them while the trunk is frozen.
import { type Grid, keyedRandom } from "@mammo/mammogram";
import { type DreamNetSymmetry, type Pair, toTensor } from "@mammo/models";
import { type BreastPair, balancedSampler } from "@mammo/train";
import type { PlainBatch } from "@mammo/train/node";
import { type Tensor2D, tensor2d, tensor4d } from "@tensorflow/tfjs-core";
import type { StoredView } from "../../store/imageStore.ts";
import { type BatchOptions, joined, toGrid } from "../dream/viewBatches.ts";
import { asTensors } from "../threads/asTensors.ts";

/** Both breasts of a woman in one projection; one may be missing. */
export type StoredPair = BreastPair<StoredView>;

/** What is shown, and labels [B, 2] of left and right; of an absent side the label is that of the other, and does not count. */
export type PairBatch = Readonly<Pair> & { readonly labels: Tensor2D };

/** Batches of pairs, in half of them a cancer: each a pure function of the step. Upside down half of the time. */
export const pairBatches = (pairs: readonly StoredPair[], options: BatchOptions): ((step: number) => Promise<PairBatch>) =>
  asTensors(plainPairs(pairs, options));

/** The batches of `pairBatches` as plain numbers. */
export function plainPairs(pairs: readonly StoredPair[], options: BatchOptions): (step: number) => Promise<PlainBatch> {
  const draw = drawPairs(pairs, options);
  return async (step) => {
    const drawn = draw(step);
    const side = async (name: "left" | "right"): Promise<Grid[]> => {
      const grids: Grid[] = [];
      for (const { pair, flip } of drawn) grids.push(toGrid(await shown(pair, name).read(), { flip }));
      return grids;
    };
    return { left: joined(await side("left")), right: joined(await side("right")), ...plainFlags(drawn.map(({ pair }) => pair)) };
  };
}

/** The same as features of the model's trunk, which must not change meanwhile: those of a view are computed when it is first drawn, and kept. */
export function pairFeatureBatches(
  model: DreamNetSymmetry,
  pairs: readonly StoredPair[],
  options: BatchOptions,
): (step: number) => Promise<PairBatch> {
  const draw = drawPairs(pairs, options);
  const kept = { upright: new Map<StoredView, Features>(), flipped: new Map<StoredView, Features>() };
  return async (step) => {
    const drawn = draw(step);
    const side = async (name: "left" | "right") => {
      const features: Features[] = [];
      for (const { pair, flip } of drawn) {
        const view = shown(pair, name);
        const own = kept[flip ? "flipped" : "upright"];
        const found = own.get(view) ?? (await featuresOf(model, toGrid(await view.read(), { flip })));
        own.set(view, found);
        features.push(found);
      }
      const { values, shape } = features[0]!;
      const all = new Float32Array(features.length * values.length);
      for (const [item, one] of features.entries()) all.set(one.values, item * values.length);
      return tensor4d(all, [features.length, ...shape]);
    };
    return { left: await side("left"), right: await side("right"), ...flagsOf(drawn.map(({ pair }) => pair)) };
  };
}

interface Features {
  readonly values: Float32Array;
  readonly shape: readonly [rows: number, columns: number, channels: number];
}

async function featuresOf(model: DreamNetSymmetry, grid: Grid): Promise<Features> {
  const view = toTensor(grid);
  const features = model.features(view);
  view.dispose();
  const [, ...shape] = features.shape;
  const values = (await features.data()) as Float32Array;
  features.dispose();
  return { values, shape };
}

function drawPairs(
  pairs: readonly StoredPair[],
  { seed, size }: BatchOptions,
): (step: number) => { readonly pair: StoredPair; readonly flip: boolean }[] {
  const items = pairs.map(({ patientId, left, right }) => ({ patientId, label: left?.cancer === 1 || right?.cancer === 1 ? 1 : 0 }));
  const sample = balancedSampler(items, { perBatch: { 0: size / 2, 1: size / 2 }, seed });
  return (step) => {
    const random = keyedRandom(seed, "flip", step);
    return sample(step).map((index) => ({ pair: pairs[index]!, flip: random.chance(0.5) }));
  };
}

/** A side of a pair; of an absent one the other, whose pixels do not count. */
const shown = (pair: StoredPair, side: "left" | "right"): StoredView => (pair[side] ?? pair.left ?? pair.right)!;

function flagsOf(pairs: readonly StoredPair[]): Pick<PairBatch, "present" | "labels"> {
  const { present, labels } = plainFlags(pairs);
  return { present: tensor2d(present.data, present.shape), labels: tensor2d(labels.data, labels.shape) };
}

function plainFlags(pairs: readonly StoredPair[]) {
  const both = (of: (pair: StoredPair, side: "left" | "right") => number) => ({
    shape: [pairs.length, 2] as [number, number],
    data: Float32Array.from(pairs.flatMap((pair) => [of(pair, "left"), of(pair, "right")])),
  });
  return { present: both((pair, side) => (pair[side] ? 1 : 0)), labels: both((pair, side) => shown(pair, side).cancer ?? 0) };
}
