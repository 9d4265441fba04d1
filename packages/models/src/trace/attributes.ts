import type { TracedCall, TracedTensor } from "./traceGraph.ts";

type Side = number | readonly [number, number];

/** Strides and padding of a convolution or pool, with the pool's window and the activation that a convolution ends in. */
export interface Window {
  readonly strides: readonly [rows: number, columns: number];
  readonly pad: "same" | "valid";
  readonly filterSize: readonly [rows: number, columns: number];
  readonly activation: "linear" | "relu";
}

/** The window of a convolution or pool. */
export function windowOf({ attributes }: TracedCall): Window {
  const both = (side: unknown): readonly [number, number] => (typeof side === "number" ? [side, side] : (side as readonly [number, number]));
  const { strides, pad, filterSize = 1, activation = "linear" } = attributes;
  return { strides: both(strides), pad: pad as Window["pad"], filterSize: both(filterSize), activation: activation as Window["activation"] };
}

/** The axis of a concatenation or split, counted from the first. */
export function axisOf({ attributes }: TracedCall, { shape }: TracedTensor): number {
  const axis = attributes["axis"] as number;
  return axis < 0 ? axis + shape.length : axis;
}

/** The axes that a reduction takes together, and whether they stay as sides of 1. */
export function reductionOf({ attributes, inputs, outputs }: TracedCall): { readonly axes: readonly number[]; readonly keeps: boolean } {
  const { axis, reductionIndices } = attributes as { axis?: Side; reductionIndices?: Side };
  const rank = Object.values(inputs)[0]!.shape.length;
  const axes = [axis ?? reductionIndices!].flat().map((one) => (one < 0 ? one + rank : one));
  return { axes, keeps: outputs[0]!.shape.length === rank };
}

/** What a padding adds before and after each axis, and its value. */
export function paddingOf({ attributes }: TracedCall): { readonly paddings: readonly (readonly [number, number])[]; readonly value: number } {
  const { paddings, constantValue } = attributes as { paddings: readonly (readonly [number, number])[]; constantValue: number };
  return { paddings, value: constantValue };
}
