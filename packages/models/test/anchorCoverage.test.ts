import { readFileSync } from "node:fs";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { type Box, lesionKinds } from "@mammo/mammogram";
import { retinaNet } from "@mammo/models";
import { anchorCoverage } from "@mammo/models/detection";
import { planCohort, viewTruth } from "@mammo/phantom";
import { dataFolder } from "@mammo/testing";
import { beforeAll, describe, expect, it } from "vitest";

/** Of a standard image. */
const [rows, columns, mmPerPixel] = [1200, 800, 0.25] as const;
let anchors: Float32Array;

beforeAll(async () => {
  await selectBackend({ prefer: "cpu" });
  const model = retinaNet({ width: 1 / 32 });
  anchors = model.anchors(rows, columns);
  model.dispose();
});

/** Boxes of one scale, wherever they came from, moved into a standard image with their place among the cells kept. */
const placed = (box: Box, down: number, right: number): Box => {
  const [high, wide] = [(box.bottom - box.top) * down, (box.right - box.left) * right];
  const [top, left] = [(box.top * down) % Math.max(1, rows - high), (box.left * right) % Math.max(1, columns - wide)];
  return { top, left, bottom: top + high, right: left + wide };
};

describe("the default anchors reach at least 0.98 of every kind at an IoU of 0.5", () => {
  it("there are as many as the usual nine of five levels: 179,505 at 1200x800", () => expect(anchors.length / 4).toBe(179_505));

  it("on phantoms", () => {
    const boxes = Object.fromEntries(lesionKinds.map((kind) => [kind, [] as Box[]]));
    for (const { images } of planCohort({ seed: 3, women: 160 }))
      for (const spec of images)
        for (const { kind, box } of viewTruth(spec).lesions) {
          const scale = spec.device.mmPerPixel / mmPerPixel;
          boxes[kind]!.push(placed(box, scale, scale));
        }
    for (const kind of lesionKinds) {
      expect(boxes[kind]!.length, kind).toBeGreaterThan(20);
      expect(anchorCoverage(anchors, boxes[kind]!).share, kind).toBeGreaterThanOrEqual(0.98);
    }
  });

  it.skipIf(!dataFolder())("on the masses and distortions of cbis-ddsm-mass (needs the data folder)", () => {
    const [head, ...lines] = readFileSync(join(dataFolder()!, "cbis-ddsm-mass/labels.tsv"), "utf8").trimEnd().split("\n");
    const names = head!.split("\t");
    const boxes: Record<"mass" | "distortion", Box[]> = { mass: [], distortion: [] };
    for (const line of lines) {
      const cells = line.split("\t");
      const of = (name: string) => Number(cells[names.indexOf(name)]);
      // Films were stretched to 800x800 from some 0.047 mm a pixel.
      const [down, right] = ["orig_height", "orig_width"].map((name) => ((of(name) / 800) * 0.047) / mmPerPixel) as [number, number];
      if (!(down > 0 && right > 0)) continue;
      const kind = cells[names.indexOf("shape")]!.includes("ARCHITECTURAL_DISTORTION") ? "distortion" : "mass";
      boxes[kind].push(placed({ top: of("y800"), left: of("x800"), bottom: of("y800") + of("h800"), right: of("x800") + of("w800") }, down, right));
    }
    expect(boxes.mass.length).toBeGreaterThan(1000);
    for (const kind of ["mass", "distortion"] as const) expect(anchorCoverage(anchors, boxes[kind]).share, kind).toBeGreaterThanOrEqual(0.98);
  });
});
