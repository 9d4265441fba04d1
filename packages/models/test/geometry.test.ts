import { selectBackend } from "@mammo/backend";
import {
  cellBox,
  cellCenter,
  cellsAlong,
  detectorClasses,
  detectorClassOf,
  detectorNet,
  dreamNet,
  kindOfClass,
  malignantClasses,
} from "@mammo/models";
import { detectorBackbone, featureMaps, weightStore } from "@mammo/models/layers";
import { expectNoLeak } from "@mammo/testing";
import { abs, dispose, slice, type Tensor, type Tensor4D, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => selectBackend({ prefer: "cpu" }));
const width = 1 / 32;

/** Does a row of the image change anything in a cell of the map? */
function sees(run: (x: Tensor4D) => Tensor4D, cell: number, row: number): boolean {
  const size = 96;
  const valueOfCell = (pixels: Float32Array) =>
    tidy(() =>
      slice(run(tensor(pixels, [1, size, size, 1]) as Tensor4D), [0, cell, cell, 0], [1, 1, 1, -1])
        .dataSync()
        .join(),
    );
  const flat = new Float32Array(size * size).fill(0.5);
  return valueOfCell(flat) !== valueOfCell(flat.slice().fill(9, row * size, (row + 1) * size));
}

describe("the backbone states its maps", () => {
  it("name, channels and stride of each block, as timm's feature_info; channels follow the width", () => {
    const store = weightStore(0);
    const { maps } = detectorBackbone(store, { width: 0.25 });
    expect(maps.map(({ name, channels, stride, offset }) => [name, channels, stride, offset])).toEqual([
      ["block1", 8, 2, 1],
      ["block2", 16, 4, 2],
      ["block3", 32, 8, 4],
      ["block4", 64, 16, 8],
      ["block5", 64, 32, 16],
      ["block6", 128, 64, 32],
    ]);
    expect(maps.map(({ receptiveField }) => receptiveField)).toEqual([6, 16, 36, 76, 156, 316]);
    store.dispose();
  });

  it("featureMaps gives the maps that are asked for, of the sizes that the geometry says, and frees the others", async () => {
    const store = weightStore(0);
    const backbone = detectorBackbone(store, { width });
    const run = featureMaps(backbone, ["block5", "block2"]);
    await expectNoLeak(() => {
      const x = zeros([1, 100, 70, 1]) as Tensor4D;
      const given = run(x, {});
      const expected = [backbone.maps[1]!, backbone.maps[4]!].map((map) => [1, cellsAlong(100, map), cellsAlong(70, map), map.channels]);
      expect(given.map(({ shape }) => shape)).toEqual(expected);
      dispose([x, ...given]);
    });
    expect(() => featureMaps(backbone, ["block7"])).toThrow("Expected blocks among block1, block2, block3, block4, block5, block6, got block7.");
    store.dispose();
  });

  it.each(["block1", "block2", "block3"])("a cell of %s sees the receptive field about its center, and no more", (name) => {
    const store = weightStore(1);
    const backbone = detectorBackbone(store, { width });
    // With positive kernels every brighter pixel shows: no ReLU and no pool hides it.
    for (const param of Object.values(store.params)) tidy(() => param.assign(abs(param)));
    const map = backbone.maps.find((map) => map.name === name)!;
    const run = featureMaps(backbone, [name]);
    const [first, end] = [-1, 1].map((side) => cellCenter(3, map) + (side * map.receptiveField) / 2) as [number, number];
    expect([first - 1, first, end - 1, end].map((row) => sees((x) => run(x, {})[0]!, 3, row))).toEqual([false, true, true, false]);
    store.dispose();
  });
});

describe("the heatmap's geometry", () => {
  it("is stride 64, receptive field 444, first center 96, and the same in both graphs", () => {
    const [detector, dream] = [detectorNet({ width }), dreamNet({ width })];
    expect(detector.geometry).toEqual({ stride: 64, offset: 96, cellSize: 192, receptiveField: 444 });
    expect(dream.geometry).toEqual(detector.geometry);
    expect(cellBox({ row: 2, column: 1 }, detector.geometry)).toEqual({ top: 128, left: 64, bottom: 320, right: 256 });
    expect([191, 192, 255, 256, 1200].map((pixels) => cellsAlong(pixels, detector.geometry))).toEqual([0, 1, 1, 2, 16]);
    for (const model of [detector, dream]) model.dispose();
  });

  it.each([192, 300, 448])("cellsAlong is the number of cells that the graph gives for %i px", (side) => {
    const model = detectorNet({ width });
    const shape = tidy(() => (model.apply(zeros([1, side, 192, 1]) as Tensor4D) as Tensor).shape);
    expect(shape.slice(1, 3)).toEqual([cellsAlong(side, model.geometry), 1]);
    model.dispose();
  });
});

describe("classes", () => {
  it("are the detector's five logits by name, two of them malignant; every lesion has one", () => {
    const model = detectorNet({ width });
    expect(model.options.classes).toEqual(["background", "benignCalcification", "benignMass", "malignantCalcification", "malignantMass"]);
    expect(malignantClasses).toEqual(detectorClasses.slice(3));
    expect(detectorClassOf({ kind: "calcification", malignant: true })).toBe("malignantCalcification");
    expect(detectorClassOf({ kind: "distortion", malignant: false })).toBe("benignMass");
    expect(detectorClasses.map(kindOfClass)).toEqual([undefined, "calcification", "mass", "calcification", "mass"]);
    expect(["none", "toString"].map(kindOfClass)).toEqual([undefined, undefined]);
    model.dispose();
  });

  it("other names make other logits", () => {
    const model = detectorNet({ width, classes: ["no", "yes"] });
    expect(tidy(() => model.apply(zeros([1, 192, 192, 1]) as Tensor4D).shape)).toEqual([1, 1, 1, 2]);
    model.dispose();
  });
});
