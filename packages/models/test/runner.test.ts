// The same answers wherever the graphs run: what runs a view through each of them, on TensorFlow.js and on onnxruntime.
import { selectBackend } from "@mammo/backend";
import type { Grid } from "@mammo/mammogram";
import {
  caracNet,
  caracNetSymmetry,
  characterizeLesions,
  classifyPair,
  classifyView,
  classifyViews,
  compareLesions,
  detectLesions,
  detectorNet,
  dreamNet,
  dreamNetSymmetry,
  examinePair,
  examineView,
  type Graph,
  type Model,
  type PlainArray,
  type Runner,
  retinaNet,
  tfjsRunner,
  viewFeatures,
} from "@mammo/models";
import { onnxRunner } from "@mammo/models/export";
import { expectClose, expectNoLeak } from "@mammo/testing";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import * as ort from "onnxruntime-node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { unsettle } from "./exportedGraphs.ts";
import { hashStream } from "./hashStream.ts";

beforeAll(() => selectBackend({ prefer: "wasm" }));

const width = 1 / 16;
const grid = (name: string, rows: number, columns: number): Grid => {
  const next = hashStream(name);
  return { pixels: Float32Array.from({ length: rows * columns }, () => next() / 2 ** 32), rows, columns };
};
const logit = (p: number) => Math.log(p / (1 - p));
const lesions = [{ box: { top: 60, left: 60, bottom: 120, right: 130 } }, { box: { top: 150, left: 30, bottom: 170, right: 60 }, score: 0.4 }];
const finding = { ...grid("finding", 256, 256), mmPerPixel: 0.25, nipple: [128, 200] as const };

/** What each function says, as the logits behind it; `graphs` are the six. */
const answers: readonly {
  readonly graph: string;
  readonly build: () => Model;
  readonly ask: (model: never, runner: Runner) => Promise<readonly number[]>;
}[] = [
  {
    graph: "detectorNet",
    build: () => detectorNet({ width }),
    ask: async (model: ReturnType<typeof detectorNet>, runner) => {
      const view = grid("patch", 224, 224);
      const { logits } = await runner.run(cells, model, { patches: { shape: [1, 224, 224, 1], data: view.pixels } });
      return Array.from(logits.data);
    },
  },
  {
    graph: "dreamNet",
    build: () => dreamNet({ width, rows: 448, columns: 448 }),
    ask: async (model: ReturnType<typeof dreamNet>, runner) => {
      const view = grid("view", 448, 448);
      const { logit: whole, heatmap } = await examineView(model, view, { runner });
      const one = await classifyView(model, view, { runner, flips: ["rows"] });
      const both = await classifyViews(model, [view, grid("other", 448, 448)], { runner });
      const { features } = await viewFeatures(model, view, { runner });
      return [whole, logit(one), ...both.map(logit), ...heatmap.logits, ...features];
    },
  },
  {
    graph: "dreamNetSymmetry",
    build: () => dreamNetSymmetry({ width, rows: 448, columns: 448 }),
    ask: async (model: ReturnType<typeof dreamNetSymmetry>, runner) => {
      const [left, right] = [grid("left", 448, 448), grid("right", 448, 448)];
      const both = await classifyPair(model, { left, right }, { runner });
      const heatmaps = await examinePair(model, { left, right }, { runner });
      const logits = [both.left!, both.right!, (await classifyPair(model, { right }, { runner })).right!].map(logit);
      return [...logits, heatmaps.left!.logit, ...heatmaps.right!.heatmap.logits];
    },
  },
  {
    graph: "retinaNet",
    build: () => retinaNet({ width }),
    ask: async (model: ReturnType<typeof retinaNet>, runner) => {
      const found = await detectLesions(model, grid("found", 256, 256), { runner, minScore: 0.001 });
      expect(found.length).toBeGreaterThan(0);
      return found.flatMap(({ box, score }) => [logit(score), box.top, box.left, box.bottom, box.right]);
    },
  },
  {
    graph: "caracNet",
    build: () => caracNet({ width }),
    ask: async (model: ReturnType<typeof caracNet>, runner) =>
      (await characterizeLesions(model, finding, lesions, { runner, flips: ["columns"] })).flatMap(({ malignancy, kinds }) =>
        [malignancy, ...Object.values(kinds)].map(logit),
      ),
  },
  {
    graph: "caracNetSymmetry",
    build: () => caracNetSymmetry({ width }),
    ask: async (model: ReturnType<typeof caracNetSymmetry>, runner) => {
      const other = { ...grid("opposite", 256, 256), nipple: [130, 190] as const };
      const pair = await compareLesions(model, { own: finding, other }, lesions, { runner });
      return [...pair, ...(await compareLesions(model, { own: finding }, lesions, { runner }))].map(logit);
    },
  },
];

const cells: Graph<ReturnType<typeof detectorNet>, "patches", "logits"> = (model, { patches }) => ({ logits: model.apply(patches as Tensor4D) });

let runner: Runner;
afterEach(() => runner.dispose());

describe("onnxruntime gives TensorFlow.js's logits within 1e-5", () => {
  it.each(answers)("$graph", async ({ build, ask }) => {
    await expectNoLeak(async () => {
      runner = onnxRunner(ort, { intraOpNumThreads: 1 });
      const model = build();
      unsettle(model);
      const [ours, theirs] = [await ask(model as never, tfjsRunner), await ask(model as never, runner)];
      expect(theirs).toHaveLength(ours.length);
      for (const [at, value] of ours.entries()) expectClose(theirs[at]!, value, { absolute: 1e-5 * Math.max(1, Math.abs(value)) });
      model.dispose();
    });
  });
});

describe("onnxRunner", () => {
  it("makes one session for a shape and releases them all; inputs that the graph refuses are refused", async () => {
    let [made, released] = [0, 0];
    const counted = {
      ...ort,
      InferenceSession: {
        create: async (bytes: Uint8Array, options?: object) => {
          made++;
          const session = await ort.InferenceSession.create(bytes, options);
          return { run: session.run.bind(session), release: () => session.release().then(() => void released++) };
        },
      },
    };
    runner = onnxRunner(counted);
    const model = dreamNet({ width, rows: 448, columns: 448 });
    const view = grid("view", 448, 448);
    const first = await examineView(model, view, { runner });
    expect(await examineView(model, view, { runner })).toEqual(first);
    expect(made).toBe(1);
    await classifyViews(model, [view, view], { runner });
    expect(made).toBe(2);
    await runner.dispose();
    expect(released).toBe(2);
    // A runner that was disposed of begins anew.
    expect(await examineView(model, view, { runner })).toEqual(first);
    const small: Readonly<Record<string, PlainArray>> = { view: { shape: [1, 100, 100, 1], data: new Float32Array(10_000) } };
    const refused = () =>
      runner.run((net: typeof model, { view: x }) => ({ logit: net.apply(x as Tensor4D) }), model, small as { readonly view: PlainArray });
    await expect(refused()).rejects.toThrow(RangeError);
    model.dispose();
  });
});
