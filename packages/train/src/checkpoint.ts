import { parseJson } from "@mammo/files";
import { decodeSafetensors, encodeSafetensors, type NamedArray, type Safetensors } from "@mammo/weights";
import { TrainError } from "./errors.ts";

/**
 * Where a run stands, as plain numbers. Nothing else moves a run: batches and learning rates are functions of the step, so the step is the cursor of
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
  /** The caller's own texts: seed, hashes of the data, best metric. */
  readonly notes: Readonly<Record<string, string>>;
}

const format = "mammo-checkpoint-1";

/**
 * A safetensors file with `weights/…`, `ema/…` and, of the optimizer, `slots/…`: Python reads it too. The same state gives the same bytes.
 *
 * @throws RangeError for what `decodeCheckpoint` would not take: a step that is no whole number, texts of more than 16 MB; TypeError for a note that is no text.
 */
export function encodeCheckpoint({ stage, step, weights, ema, optimizer, transform, notes }: Checkpoint): Uint8Array {
  if (!isStep(step)) throw new RangeError(`Expected the step of a checkpoint to be a whole number, got ${step}.`);
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
  const state = JSON.stringify({ stage, step, ema: ema !== undefined, transform, notes });
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
  const { stage, step, ema, transform, notes } = readState(metadata["state"] ?? "");
  // Only a count is float64; a model's weights never are.
  const optimizer = mapValues(under("slots/", arrays), (value) =>
    value.data instanceof Float64Array && value.shape.length === 0 ? value.data[0]! : value,
  );
  return { stage, step, weights: under("weights/", arrays), ema: ema ? under("ema/", arrays) : undefined, optimizer, transform, notes };
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
  readonly notes: Record<string, string>;
}

const isStep = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((text) => typeof text === "string");

function readState(json: string): State {
  try {
    const { stage, step, ema, transform, notes } = (parseJson(new TextEncoder().encode(json)) ?? {}) as Record<string, unknown>;
    const told = transform === undefined || typeof transform === "string";
    if (typeof stage === "string" && isStep(step) && typeof ema === "boolean" && told && isTexts(notes))
      return { stage, step, ema, transform, notes };
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
