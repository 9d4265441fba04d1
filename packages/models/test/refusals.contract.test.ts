import { selectBackend } from "@mammo/backend";
import {
  asymMirai,
  caracNet,
  caracNetSymmetry,
  detectorNet,
  dreamNet,
  dreamNetSymmetry,
  lesionGeometry,
  lesionLabel,
  loadWeights,
  type Model,
  pathologyClasses,
  retinaNet,
  saveWeights,
} from "@mammo/models";
import { expectNoLeak } from "@mammo/testing";
import { WeightsError } from "@mammo/weights";
import { type Tensor2D, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => selectBackend({ prefer: "cpu" }));
const width = 1 / 32;
const images = (...shape: [number, number, number, number]) => zeros(shape) as Tensor4D;

/** Each graph: how it is built with any options, and applied to a batch of images. */
const graphs: readonly {
  readonly name: string;
  readonly known: string;
  readonly least: number;
  readonly build: (options: object) => Model;
  readonly apply: (model: never, x: Tensor4D) => unknown;
}[] = [
  {
    name: "detectorNet",
    known: "classes, width, seed",
    least: 192,
    build: detectorNet,
    apply: (model: ReturnType<typeof detectorNet>, x) => model.apply(x),
  },
  {
    name: "dreamNet",
    known: "classes, width, seed, rows, columns, heatmap, headWidth",
    least: 448,
    build: dreamNet,
    apply: (model: ReturnType<typeof dreamNet>, x) => model.apply(x),
  },
  {
    name: "retinaNet",
    known: "classes, width, blocks, anchorSizes, anchorRatios, prior, seed",
    least: 128,
    build: retinaNet,
    apply: (model: ReturnType<typeof retinaNet>, x) => model.apply(x),
  },
  {
    name: "caracNet",
    known: "classes, width, seed",
    least: 192,
    build: caracNet,
    apply: (model: ReturnType<typeof caracNet>, x) => model.apply({ fine: x, context: x, geometry: zeros([x.shape[0], 8]) as Tensor2D }),
  },
  ...(
    [
      ["caracNetSymmetry", "width, seed", 192, caracNetSymmetry],
      ["dreamNetSymmetry", "classes, width, seed, rows, columns, heatmap, headWidth", 448, dreamNetSymmetry],
      ["asymMirai", "width, windows, seed", 448, asymMirai],
    ] as const
  ).map(([name, known, least, build]) => ({
    ...{ name, known, least, build },
    apply: (model: ReturnType<typeof caracNetSymmetry>, x: Tensor4D) =>
      model.apply({ left: x, right: x, present: zeros([x.shape[0], 2]) as Tensor2D }),
  })),
];

describe.each(graphs)("$name refuses, says what would fit, and leaves nothing", ({ name, known, least, build, apply }) => {
  const refuses = (what: () => unknown, error: Error | RegExp) => expectNoLeak(() => expect(what).toThrow(error));

  it("an option that it does not know", () =>
    refuses(() => build({ widht: 0.5 }), new TypeError(`Expected options of ${name} among ${known}, got widht; is width meant?`)));

  it.each([0, -1, 1.5, Number.NaN])("a width of %d", (bad) =>
    refuses(() => build({ width: bad }), new RangeError(`Expected width in (0, 1], got ${bad}.`)),
  );

  const named = known.includes("classes") ? it : () => undefined;
  named("no class, or one twice", async () => {
    await refuses(() => build({ width, classes: [] }), new RangeError(`Expected classes of ${name} with different names, at least one, got none.`));
    await refuses(
      () => build({ width, classes: ["a", "a"] }),
      new RangeError(`Expected classes of ${name} with different names, at least one, got a, a.`),
    );
  });

  it("an empty batch, images of several channels, images that are too small", () => {
    const model = build({ width });
    const [empty, colored, small] = [images(0, least, least, 1), images(1, least, least, 3), images(1, least - 1, least, 1)];
    expect(() => apply(model as never, empty)).toThrow(new RangeError("Expected at least one image in the batch, got none."));
    expect(() => apply(model as never, colored)).toThrow(new RangeError(`Expected images [B, H, W, 1], got [1, ${least}, ${least}, 3].`));
    expect(() => apply(model as never, small)).toThrow(
      new RegExp(`${least}x${least} pixels, got ${least - 1}x${least}.*${least}x${least} would fit`),
    );
    for (const one of [empty, colored, small]) one.dispose();
    model.dispose();
  });

  it("weights of another width: none is loaded", async () => {
    const [model, other] = [build({ width }), build({ width: 1 / 16 })];
    const before = await saveWeights(model);
    const wrong = await saveWeights(other);
    expect(() => loadWeights(model, wrong)).toThrow(WeightsError);
    expect(() => loadWeights(model, wrong)).toThrow(/of another shape: .*block1\/conv1\/kernel/);
    expect(await saveWeights(model)).toEqual(before);
    model.dispose();
    other.dispose();
  });
});

describe("options of one graph", () => {
  const unit = { box: { top: 0, left: 0, bottom: 1, right: 1 }, rows: 9, columns: 9 };
  it("one window is enough; the scores 0 and 1 are scores", () => {
    asymMirai({ width, windows: 1 }).dispose();
    for (const score of [0, 1]) expect(lesionGeometry({ ...unit, mmPerPixel: 0.1, score }).at(-1)).toBe(1);
  });

  const rows: readonly (readonly [string, () => unknown, string])[] = [
    ["an activation", () => dreamNet({ width, heatmap: "tanh" as "relu" }), 'Expected heatmap relu, softmax, linear, got "tanh".'],
    ["a prior of 0", () => retinaNet({ width, prior: 0 }), "Expected prior in (0, 1), got 0."],
    [
      "blocks with a gap",
      () => retinaNet({ width, blocks: ["block3", "block5"] }),
      "Expected blocks that follow each other, finest first, such as block3, block4, block5, block6, got block3, block5.",
    ],
    [
      "no block",
      () => retinaNet({ width, blocks: [] }),
      "Expected blocks that follow each other, finest first, such as block3, block4, block5, block6, got none.",
    ],
    [
      "a block that is none",
      () => retinaNet({ width, blocks: ["block7"] }),
      "Expected blocks among block1, block2, block3, block4, block5, block6, got block7.",
    ],
    ["anchors without a size", () => retinaNet({ width, anchorSizes: [] }), "Expected sizes above 0, at least one, got none."],
    ["a prior of 1", () => retinaNet({ width, prior: 1 }), "Expected prior in (0, 1), got 1."],
    ["half a window", () => asymMirai({ width, windows: 1.5 }), "Expected windows of at least 1, got 1.5."],
    ["a score below 0", () => lesionGeometry({ ...unit, mmPerPixel: 1, score: -0.1 }), "Expected a score in [0, 1], got -0.1."],
    ["no window", () => asymMirai({ width, windows: 0 }), "Expected windows of at least 1, got 0."],
    [
      "a lesion without a class",
      () => lesionLabel({ kind: "mass", malignant: true }, ["calcification"]),
      "Expected a class mass or mass/malignant, got the classes calcification.",
    ],
    [
      "a spacing of 0",
      () => lesionGeometry({ box: { top: 0, left: 0, bottom: 1, right: 1 }, rows: 9, columns: 9, mmPerPixel: 0 }),
      "Expected a finite mmPerPixel above 0, got 0.",
    ],
    ["a spacing without end", () => lesionGeometry({ ...unit, mmPerPixel: Infinity }), "Expected a finite mmPerPixel above 0, got Infinity."],
    [
      "a score of 2",
      () => lesionGeometry({ box: { top: 0, left: 0, bottom: 1, right: 1 }, rows: 9, columns: 9, mmPerPixel: 1, score: 2 }),
      "Expected a score in [0, 1], got 2.",
    ],
  ];
  it.each(rows)("%s", (_, call, message) => expectNoLeak(() => expect(call).toThrow(new RangeError(message))));

  it("CaracNet refuses context crops and geometry that are not the fine crops' own", () => {
    const model = caracNet({ width });
    const [two, wide] = [images(2, 192, 192, 1), images(2, 192, 200, 1)];
    const [geometry, one, seven] = ([[2, 8], [1, 8], [2, 7]] as const).map((shape) => zeros([...shape]) as Tensor2D) as [Tensor2D, Tensor2D, Tensor2D]; // biome-ignore format: one row
    for (const [given, told] of [
      [{ fine: two, context: wide, geometry }, "got [2, 192, 200, 1] and [2, 8]"],
      [{ fine: two, context: two, geometry: one }, "got [2, 192, 192, 1] and [1, 8]"],
      [{ fine: two, context: two, geometry: seven }, "got [2, 192, 192, 1] and [2, 7]"],
    ] as const)
      expect(() => model.apply(given)).toThrow(
        new RangeError(`Expected context crops [2, 192, 192, 1] as the fine ones and geometry [2, 8], ${told}.`),
      );
    for (const tensor of [two, wide, geometry, one, seven]) tensor.dispose();
    model.dispose();
  });

  it("lesionLabel finds kinds and pathologies", () => {
    expect(pathologyClasses[lesionLabel({ kind: "distortion", malignant: true }, pathologyClasses)]).toBe("distortion/malignant");
    expect(lesionLabel({ kind: "asymmetry", malignant: true }, ["mass", "asymmetry"])).toBe(1);
  });

  it("lesionGeometry: sizes in cm, the place, the view, the detector", () => {
    const box = { top: 100, left: 100, bottom: 140, right: 120 };
    const numbers = lesionGeometry({ box, rows: 400, columns: 200, mmPerPixel: 0.25, view: "MLO", score: 0.5 });
    expect(numbers).toEqual([0, Math.log(0.5), 0.3, 0.55, 0, 1, 0, 1]);
    expect(lesionGeometry({ box, rows: 400, columns: 200, mmPerPixel: 0.25, score: 1 }).slice(4)).toEqual([0, 0, 6, 1]);
    expect(lesionGeometry({ box, rows: 400, columns: 200, mmPerPixel: 0.25 }).slice(4)).toEqual([0, 0, 0, 0]);
  });
});

it("a detector's weights go into every graph by name, but for its last layer where a graph has none", async () => {
  const detector = detectorNet({ width, seed: 7 });
  const weights = await saveWeights(detector);
  for (const { build } of graphs) {
    const model = build({ width });
    const { loaded, shapeMismatch } = loadWeights(model, weights, { partial: true });
    expect(shapeMismatch).toEqual([]);
    expect(loaded.filter((name) => name.startsWith("block"))).toHaveLength(60);
    model.dispose();
  }
  detector.dispose();
});
