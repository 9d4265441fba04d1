import { readFileSync } from "node:fs";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "@mammo/train";
import { encodeSafetensors } from "@mammo/weights";
import { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

const checkpoint: Checkpoint = {
  ...{ stage: "S1", step: 3, notes: { seed: "11" } },
  weights: { "a/kernel": { shape: [2], data: Float32Array.of(1, 2) } },
  optimizer: { "adam/count:a/kernel": 3, "adam/m:a/kernel": { shape: [2], data: Float32Array.of(0.5, 0.25) } },
};
const raw = (state: unknown, format = "mammo-checkpoint-1") =>
  encodeSafetensors({ arrays: {}, metadata: { format, state: typeof state === "string" ? state : JSON.stringify(state) } });
const state = { stage: "S", step: 0, ema: false, notes: {} };

describe("a checkpoint", () => {
  it("comes back as it was, with and without an average", () => {
    const averages: Checkpoint["ema"][] = [undefined, {}, { "a/kernel": { shape: [2], data: Float32Array.of(3, 4) } }];
    for (const ema of averages) {
      const { weights, optimizer, ema: average, ...rest } = decodeCheckpoint(encodeCheckpoint({ ...checkpoint, ema, transform: "sgd" }));
      expect(rest).toEqual({ stage: "S1", step: 3, transform: "sgd", notes: { seed: "11" } });
      expect([{ ...weights }, { ...optimizer }, average]).toEqual([checkpoint.weights, checkpoint.optimizer, ema]);
    }
  });

  it("mined places come back, as many as may be", () => {
    const mined = Array.from({ length: 100_000 }, (_, view) => ({ view, center: [view / 3, -view - 1] as const, score: 1e-7 * view }));
    expect(JSON.stringify(decodeCheckpoint(encodeCheckpoint({ ...checkpoint, mined })).mined) === JSON.stringify(mined)).toBe(true);
    expect(decodeCheckpoint(encodeCheckpoint({ ...checkpoint, mined: [] })).mined).toEqual([]);
    expect(() => encodeCheckpoint({ ...checkpoint, mined: [...mined, mined[0]!] })).toThrow("Expected at most 100,000 mined places");
  });

  it("a note of 9,000,000 letters comes back", () => {
    const letters = "n".repeat(9_000_000);
    expect(decodeCheckpoint(encodeCheckpoint({ ...checkpoint, notes: { letters } })).notes["letters"] === letters).toBe(true);
  });

  it("notes of as many quotes or line ends are refused when written or come back", () => {
    for (const letter of ['"', "\n", "\\", "\u0000", "é"]) {
      const note = letter.repeat(4_000_000);
      let bytes: Uint8Array;
      try {
        bytes = encodeCheckpoint({ ...checkpoint, notes: { note } });
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        continue;
      }
      expect(decodeCheckpoint(bytes).notes["note"] === note).toBe(true);
    }
  });

  it.each<[what: string, over: object, message: string]>([
    ["half a step", { step: 0.5 }, "step of a checkpoint to be a whole number, got 0.5"],
    ["a negative step", { step: -1 }, "got -1"],
    ["a mined place without a center", { mined: [{ view: 0, score: 1 }] }, "Expected at most 100,000 mined places"],
    [
      "a mined place of NaN",
      { mined: [{ view: 0, center: [0, Number.NaN], score: 1 }] },
      "each of a view (a whole number), a center and a score (finite numbers), got others.",
    ],
    ["a note that is no text", { notes: { seed: 11 } }, "Expected the note seed to be a text, got number."],
  ])("%s: refused when written", (_, over, message) => {
    expect(() => encodeCheckpoint({ ...checkpoint, ...over })).toThrow(message);
  });

  it.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ["another format", raw(state, "other"), /format mammo-checkpoint-1, got another\.$/],
    ["no format", encodeSafetensors({ arrays: {}, metadata: {} }), /got one that names no format/],
    ["no JSON", raw("{"), /state as JSON/],
    ["null", raw("null"), /to name its stage, step, ema and notes/],
    ["no stage", raw({ ...state, stage: 1 }), /to name its stage/],
    ["half a step", raw({ ...state, step: 1.5 }), /to name its stage/],
    ["a negative step", raw({ ...state, step: -1 }), /to name its stage/],
    ["an average that is no answer", raw({ ...state, ema: "yes" }), /to name its stage/],
    ["no notes", raw({ ...state, notes: null }), /to name its stage/],
    ["notes in a list", raw({ ...state, notes: ["a"] }), /to name its stage/],
    ["a note that is no text", raw({ ...state, notes: { a: 1 } }), /to name its stage/],
    ["an optimizer that is no text", raw({ ...state, transform: 1 }), /to name its stage/],
  ])("%s: refused when read", (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(expect.objectContaining({ code: "checkpoint-format", message: expect.stringMatching(message) }));
  });

  it("a state is one by the published schema", () => {
    const isState = new Ajv().compile(JSON.parse(readFileSync(new URL("../schemas/checkpoint.schema.json", import.meta.url), "utf8")));
    expect(isState(state)).toBe(true);
    const others = [
      undefined,
      null,
      true,
      false,
      -1,
      0,
      0.5,
      "",
      [],
      ["a"],
      {},
      { a: 1 },
      { a: "b" },
      [{ view: 0, center: [0, 1], score: 2 }],
      [{ view: 0, center: [0], score: 2 }],
    ];
    for (const key of ["stage", "step", "ema", "transform", "mined", "notes"])
      for (const other of others) {
        const changed = JSON.parse(JSON.stringify({ ...state, transform: "sgd", [key]: other }));
        const read = () => decodeCheckpoint(raw(changed));
        if (isState(changed)) expect(read(), `${key} = ${JSON.stringify(other)}`).toMatchObject({ step: expect.any(Number) });
        else expect(read, `${key} = ${JSON.stringify(other)}`).toThrow(expect.objectContaining({ code: "checkpoint-format" }));
      }
  });

  it("step 0 is one", () => {
    expect(decodeCheckpoint(raw(state))).toMatchObject({ step: 0, ema: undefined });
  });
});
