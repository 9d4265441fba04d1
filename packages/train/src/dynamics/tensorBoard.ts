import type { NumbersSummary } from "./numbers.ts";

/** One value of one step: a number, a histogram, or a picture in PNG. */
export type TensorBoardValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly histogram: NumbersSummary }
  | { readonly tag: string; readonly png: Uint8Array; readonly rows: number; readonly columns: number };

/** What is told of one step. */
export interface TensorBoardStep {
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly values: readonly TensorBoardValue[];
}

/**
 * Steps as an event file of TensorBoard, to be written under a name with `tfevents` in it: `runs/S1/events.out.tfevents.mammo`, then `tensorboard --logdir runs`.
 *
 * Source: TFRecord (length, its CRC-32C, bytes, their CRC-32C; the sums rotated and offset) of `Event` messages, tensorflow/core/util/event.proto and framework/summary.proto (documented); read back by TensorBoard's
 * own reader in the tests.
 *
 * @example await writeFileAtomically("runs/S1/events.out.tfevents.mammo", encodeTensorBoard([{ step: 1, time, values: [{ tag: "loss", scalar: 0.7 }] }]));
 */
export function encodeTensorBoard(steps: readonly TensorBoardStep[]): Uint8Array<ArrayBuffer> {
  const first = message([double(1, steps[0]?.time ?? 0), text(3, "brain.Event:2")]);
  const events = steps.map(({ step, time, values }) =>
    message([double(1, time), varint(2, step), bytes(5, message(values.map((value) => bytes(1, encodeValue(value)))))]),
  );
  return message([first, ...events].flatMap(record));
}

function encodeValue(value: TensorBoardValue): Uint8Array {
  if ("scalar" in value) return message([text(1, value.tag), float(2, value.scalar)]);
  if ("histogram" in value) return message([text(1, value.tag), bytes(5, encodeHistogram(value.histogram))]);
  const { tag, png, rows, columns } = value;
  return message([text(1, tag), bytes(4, message([varint(1, rows), varint(2, columns), varint(3, 1), bytes(4, png)]))]);
}

/** HistogramProto: bucket i holds what lies above limit i - 1 and up to limit i. */
function encodeHistogram({ count, norm, mean, min, max, histogram }: NumbersSummary): Uint8Array {
  const limits = Float64Array.from(histogram, (_, bin) => (bin === histogram.length - 1 ? max : min + ((bin + 1) * (max - min)) / histogram.length));
  const numbers = [min, max, count, mean * count, norm ** 2].map((value, index) => double(index + 1, value));
  return message([...numbers, bytes(6, doubles(limits)), bytes(7, doubles(Float64Array.from(histogram)))]);
}

function record(data: Uint8Array): readonly Uint8Array[] {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, data.length, true);
  return [length, maskedSum(length), data, maskedSum(data)];
}

function maskedSum(data: Uint8Array): Uint8Array {
  const sum = crc32c(data);
  const masked = new Uint8Array(4);
  new DataView(masked.buffer).setUint32(0, (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0, true);
  return masked;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  return sum;
});

/** Castagnoli's cyclic sum (RFC 3720, appendix B.4). */
export function crc32c(data: Uint8Array): number {
  let sum = 0xffffffff;
  for (let i = 0; i < data.length; i++) sum = table[(sum ^ data[i]!) & 255]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

// Protocol buffers: a field is its number and wire type, then its value.
const key = (field: number, wire: number): number[] => [(field << 3) | wire];
const varint = (field: number, value: number): Uint8Array => Uint8Array.from([...key(field, 0), ...base128(value)]);
const double = (field: number, value: number): Uint8Array => message([Uint8Array.from(key(field, 1)), doubles(Float64Array.of(value))]);
const float = (field: number, value: number): Uint8Array => {
  const encoded = new Uint8Array(5);
  encoded[0] = key(field, 5)[0]!;
  new DataView(encoded.buffer).setFloat32(1, value, true);
  return encoded;
};
const bytes = (field: number, value: Uint8Array): Uint8Array => message([Uint8Array.from([...key(field, 2), ...base128(value.length)]), value]);
const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));

function doubles(values: Float64Array): Uint8Array {
  const encoded = new DataView(new ArrayBuffer(8 * values.length));
  for (const [index, value] of values.entries()) encoded.setFloat64(8 * index, value, true);
  return new Uint8Array(encoded.buffer);
}

function base128(value: number): number[] {
  const encoded: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    encoded.push(rest < 128 ? rest : (rest % 128) | 128);
    if (rest < 128) return encoded;
  }
}

function message(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
