import type { StepDynamics } from "./dynamics.ts";

/** One observed step of a stage. */
export interface ObservedStep extends StepDynamics {
  readonly stage: string;
  /** Steps done: 1 after the first. */
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** Something that looks wrong inside a net, in words. */
export interface Diagnosis {
  readonly stage: string;
  /** Of the layer or the parameter; empty for the whole stage. */
  readonly layer: string;
  readonly kind: "dead" | "mostly-dead" | "still" | "wild" | "vanishing" | "rising";
  readonly text: string;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;

/**
 * What looks wrong in the later half of each stage's observed steps: layers whose units are dead, kernels that hardly move or move wildly, gradients that vanish on the way to the first layers,
 * a loss that rises.
 *
 * Ours, as the limits are: dead where all (mostly: half the) units are zero for whole batches; still below a median update of 1e-6 of the weights, wild above 0.1; vanishing where the first kernel's gradient, by its weights, is 10⁴ times smaller than the median kernel's.
 */
export function diagnose(steps: readonly ObservedStep[]): readonly Diagnosis[] {
  const stages = [...new Set(steps.map(({ stage }) => stage))];
  return stages.flatMap((stage) => {
    const all = steps.filter((one) => one.stage === stage);
    const late = all.slice(Math.floor(all.length / 2));
    return [...deadLayers(stage, late), ...strangeUpdates(stage, late), ...vanishing(stage, late), ...rising(stage, all)];
  });
}

function deadLayers(stage: string, late: readonly ObservedStep[]): readonly Diagnosis[] {
  return (late.at(-1)?.activations ?? []).flatMap(({ name, units }): readonly Diagnosis[] => {
    const dead = median(late.flatMap(({ activations }) => activations.filter((one) => one.name === name).map(({ deadUnits }) => deadUnits)));
    if (dead === units)
      return [{ stage, layer: name, kind: "dead", text: `dead: all ${units} units are zero for whole batches, so nothing is learned through them` }];
    if (dead >= units / 2 && units > 1)
      return [{ stage, layer: name, kind: "mostly-dead", text: `${dead} of ${units} units are zero for whole batches` }];
    return [];
  });
}

/** Of kernels: biases and offsets begin at zero and have no size to move by. */
function strangeUpdates(stage: string, late: readonly ObservedStep[]): readonly Diagnosis[] {
  return kernelsOf(late).flatMap((name): readonly Diagnosis[] => {
    const own = late.flatMap(({ parameters }) => parameters.filter((one) => one.name === name));
    const ratio = median(own.map(({ updateRatio }) => updateRatio));
    if (ratio < 1e-6)
      return [{ stage, layer: name, kind: "still", text: `hardly moves: a step changes it by ${ratio.toExponential(1)} of its norm` }];
    if (ratio > 0.1) return [{ stage, layer: name, kind: "wild", text: `moves far: a step changes it by ${ratio.toPrecision(2)} of its norm` }];
    return [];
  });
}

function vanishing(stage: string, late: readonly ObservedStep[]): readonly Diagnosis[] {
  const kernels = kernelsOf(late);
  const slope = (name: string) =>
    median(
      late.flatMap(({ parameters }) =>
        parameters.filter((one) => one.name === name).map(({ gradient, weights }) => gradient.norm / (weights.norm || 1)),
      ),
    );
  const [first] = kernels;
  if (first === undefined || kernels.length < 3) return [];
  const [own, usual] = [slope(first), median(kernels.map(slope))];
  if (!(own < usual * 1e-4)) return [];
  return [
    {
      stage,
      layer: first,
      kind: "vanishing",
      text: `the gradient vanishes on its way here: ${own.toExponential(1)} of the weights, ${usual.toExponential(1)} in the median kernel`,
    },
  ];
}

function rising(stage: string, all: readonly ObservedStep[]): readonly Diagnosis[] {
  if (all.length < 8) return [];
  const quarter = Math.floor(all.length / 4);
  const [first, last] = [all.slice(0, quarter), all.slice(-quarter)].map((part) => median(part.map(({ loss }) => loss)));
  if (!(last! > first!)) return [];
  return [
    {
      stage,
      layer: "",
      kind: "rising",
      text: `the loss rises: ${first!.toPrecision(3)} in the first quarter of the observed steps, ${last!.toPrecision(3)} in the last`,
    },
  ];
}

const kernelsOf = (late: readonly ObservedStep[]): readonly string[] =>
  (late.at(-1)?.parameters ?? []).flatMap(({ name }) => (name.endsWith("/kernel") ? [name] : []));
