import { parseJson } from "@mammo/files";
import { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors } from "@mammo/weights";
import { TrainError } from "./errors.ts";
import type { MinedPlace } from "./sampling/mineNegatives.ts";

/**
 * Where a run stands, as plain numbers. Nothing else moves a run: batches and learning rates are functions of the step (and of what is mined), so the step is the cursor of
 * the sampler, of the random numbers and of the schedule at once.
 */
export interface Checkpoint {
  readonly stage: string;
  /** Steps done in the stage. */
  readonly step: number;
  /** Parameters and buffers as trained, never the average. */
  readonly weights: Readonly<Record<string, NamedArray>>;
  /** The average of the weights, where the stage keeps one. */
  readonly ema?: Readonly<Record<string, NamedArray>> | undefined;
  /** What the optimizer remembers. */
  readonly optimizer: Readonly<Record<string, NamedArray | number>>;
  /** The optimizer in words, with its numbers (`Transform.description`); absent in files written before it was told. */
  readonly transform?: string | undefined;
  /** The hard negatives in use, where the stage mines some. */
  readonly mined?: readonly MinedPlace[] | undefined;
  /** The caller's own texts: seed, hashes of the data, best metric. */
  readonly notes: Readonly<Record<string, string>>;
}

const format = "mammo-checkpoint-1";

/**
 * A safetensors file with `weights/…`, `ema/…` and, of the optimizer, `slots/…`: Python reads it too. The same state gives the same bytes.
 *
 * @throws RangeError for what `decodeCheckpoint` would not take: a step that is no whole number, mined places that are none or more than 100,000, texts of more than 16 MB; TypeError for a note that is no text.
 */
export function encodeCheckpoint({ stage, step, weights, ema, optimizer, transform, mined, notes }: Checkpoint): Uint8Array {
  if (!isStep(step)) throw new RangeError(`Expected the step of a checkpoint to be a whole number, got ${step}.`);
  if (mined !== undefined) requireMined(mined);
  for (const [name, note] of Object.entries(notes)) {
    if (typeof note !== "string") throw new TypeError(`Expected the note ${name} to be a text, got ${typeof note}.`);
  }
  const arrays = {
    ...prefixed("weights/", weights),
    ...prefixed("ema/", ema ?? {}),
    ...prefixed(
      "slots/",
      mapValues(optimizer, (value) => (typeof value === "number" ? { shape: [], data: Float64Array.of(value) } : value)),
    ),
  };
  const state = JSON.stringify({ stage, step, ema: ema !== undefined, transform, mined, notes });
  return encodeSafetensors({ arrays, metadata: { format, state } });
}

/**
 * The reverse.
 *
 * @throws TrainError `checkpoint-format` where the bytes are no safetensors file, or one of another kind.
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { arrays, metadata } = decode(bytes);
  const came = metadata["format"];
  if (came !== format)
    throw new TrainError(
      "checkpoint-format",
      `Expected a file of the format ${format}, got ${came === undefined ? "one that names no format" : "another"}.`,
    );
  const { stage, step, ema, transform, mined, notes } = readState(metadata["state"] ?? "");
  // Only a count is float64; a model's weights never are.
  const optimizer = mapValues(under("slots/", arrays), (value) =>
    value.data instanceof Float64Array && value.shape.length === 0 ? value.data[0]! : value,
  );
  return { stage, step, weights: under("weights/", arrays), ema: ema ? under("ema/", arrays) : undefined, optimizer, transform, mined, notes };
}

function decode(bytes: Uint8Array): Safetensors {
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    throw new TrainError("checkpoint-format", (cause as Error).message, { cause });
  }
}

interface State {
  readonly stage: string;
  readonly step: number;
  readonly ema: boolean;
  readonly transform?: string | undefined;
  readonly mined?: readonly MinedPlace[] | undefined;
  readonly notes: Record<string, string>;
}

const isStep = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isPlace = (value: unknown): boolean => {
  const { view, center, score } = (value ?? {}) as Partial<Record<keyof MinedPlace, unknown>>;
  return isStep(view) && Array.isArray(center) && center.length === 2 && center.every(Number.isFinite) && Number.isFinite(score);
};
const areMined = (value: unknown): value is readonly MinedPlace[] => Array.isArray(value) && value.length <= 100_000 && value.every(isPlace);

/** Refuses a list that no checkpoint would hold. */
export function requireMined(mined: readonly MinedPlace[]): readonly MinedPlace[] {
  if (areMined(mined)) return mined;
  throw new RangeError("Expected at most 100,000 mined places, each of a view (a whole number), a center and a score (finite numbers), got others.");
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((text) => typeof text === "string");

function readState(json: string): State {
  try {
    const { stage, step, ema, transform, mined, notes } = (parseJson(new TextEncoder().encode(json)) ?? {}) as Record<string, unknown>;
    const told = transform === undefined || typeof transform === "string";
    const isMined = mined === undefined || areMined(mined);
    if (typeof stage === "string" && isStep(step) && typeof ema === "boolean" && told && isMined && isTexts(notes))
      return { stage, step, ema, transform, mined, notes };
  } catch {
    throw new TrainError("checkpoint-format", "Expected the checkpoint's state as JSON of at most a million values, got another text.");
  }
  throw new TrainError("checkpoint-format", "Expected the checkpoint's state to name its stage, step, ema and notes, got another object.");
}

type Named<T> = Readonly<Record<string, T>>;

const prefixed = <T>(prefix: string, values: Named<T>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

const under = <T>(prefix: string, values: Named<T>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );

const mapValues = <T, U>(values: Named<T>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
