// What a seed stands for may not move: cohorts on discs are named by what their pixels follow from. Each piece has its digest, so that a change says where it is.
import { createHash } from "node:crypto";
import type { LesionKind } from "@mammo/mammogram";
import { keyedRandom } from "@mammo/mammogram";
import { growLesion, planCohort } from "@mammo/phantom";
import { describe, expect, it } from "vitest";
import { growBreast, poseBreast } from "../src/breast.ts";
import { placeLesion } from "../src/cohort/placeLesion.ts";
import { annotationsTable, crosswalkTable, metadataTable } from "../src/cohort/tables.ts";
import { devices } from "../src/device.ts";
import { uidOf } from "../src/dicom/uid.ts";
import { powerLawField } from "../src/noise.ts";
import { renderAnatomy } from "../src/render/anatomy.ts";
import { lesionLayer, speckLayer } from "../src/render/lesionLayer.ts";
import { markerLayer } from "../src/render/marker.ts";
import { pectoralDistance, skinDistance } from "../src/render/outline.ts";
import { renderView } from "../src/render/renderView.ts";
import { patientOrientation, viewShapes } from "../src/view.ts";
import { coarse, massSpec } from "./tiny.ts";

/** As they were when cohorts of version 1 were first written; `npx vitest -u` on this file would hide what moved, so they stand here as they are. */
const digests: Readonly<Record<string, string>> = {
  breasts: "1ca23b481fb9e8f0",
  poses: "3f66875f6aa51298",
  places: "1e21e8f678a0a572",
  "lesions: mass": "ccfbeff136dd71ba",
  "lesions: calcification": "9948283d8ae5de66",
  "lesions: distortion": "d246b9894a5d89f1",
  "lesions: asymmetry": "5acf79c99ddbdfcc",
  outlines: "35e0b3cf6e2834f2",
  layers: "63f3607b2aa32ce1",
  specks: "85bea3f6eb175b1b",
  markers: "4b69a40c51b16e74",
  field: "2ef83ea1faf3e0b2",
  "anatomy from the side": "fdcb2625355d0a82",
  "anatomy from above": "6df753b661be09ad",
  "picture of aldebaran": "06fc2615b19b05cf",
  "picture of bellatrix": "aafd4731480e1970",
  "picture of capella": "188130fad60637d6",
  "picture of deneb": "c73e93b096ad42d0",
  "picture of aldebaranFull": "1e40313280e9d268",
  "picture of bellatrixFull": "d8ff4efa3082b76c",
  "picture, three pixels a cell": "f14c0a7bcee8010b",
  "plan, defaults": "63d63396e6376ca7",
  "plan, all that is rare": "95a974ddc71dbf2b",
  tables: "c50b9e3e0537b145",
  uids: "034bde80d1721423",
  orientations: "9360021c8ed04def",
};

/** Of plain data with typed arrays in it. */
function digest(value: unknown): string {
  const plain = JSON.stringify(value, (_, one) => (ArrayBuffer.isView(one) ? Array.from(one as Float32Array) : one));
  return createHash("sha256").update(plain).digest("hex").slice(0, 16);
}

const kinds: readonly LesionKind[] = ["mass", "calcification", "distortion", "asymmetry"];
const views = Object.keys(viewShapes) as (keyof typeof viewShapes)[];
const sides = ["L", "R"] as const;
const breasts = Array.from({ length: 12 }, (_, i) => growBreast({ seed: 3, woman: i + 1, laterality: sides[i % 2]! }));
const poses = breasts.flatMap((breast) =>
  views.map((view) => ({ breast, pose: poseBreast(breast, { view, mmHigh: 300, random: keyedRandom("pose", view) }) })),
);
const lesions = kinds.flatMap((kind) =>
  [true, false].flatMap((malignant) =>
    [0.4, 0.7, 1].flatMap((growth) =>
      [1, 2, 3].map((seed) => growLesion({ kind, malignant, center: [45, 8, 6], growth, conspicuity: 0.8, seed: [seed] })),
    ),
  ),
);
const small = coarse(devices.deneb, 1);
const pose = poseBreast(breasts[0]!, { view: "MLO", mmHigh: 288, random: keyedRandom("pose") });
const craniocaudal = poseBreast(breasts[1]!, { view: "CC", mmHigh: 288, random: keyedRandom("pose") });

const pieces: Readonly<Record<string, () => unknown>> = {
  breasts: () => breasts,
  poses: () => poses.map(({ pose }) => pose),
  places: () => breasts.map((breast, i) => placeLesion(breast, keyedRandom("place", i))),
  ...Object.fromEntries(kinds.map((kind) => [`lesions: ${kind}`, () => lesions.filter((lesion) => lesion.kind === kind)] as const)),
  outlines: () =>
    poses.slice(0, 36).map(({ pose }) =>
      Array.from({ length: 200 }, (_, i) => {
        const [down, out] = [(Math.floor(i / 10) - 8) * 12, (i % 10) * 13];
        return [skinDistance(down, out, pose), pectoralDistance(pose.nippleBelowTop + down, out, pose)];
      }),
    ),
  layers: () => lesions.filter((_, i) => i % 2 === 0).flatMap((lesion) => [pose, craniocaudal].map((one) => lesionLayer(lesion, one, small))),
  specks: () => breasts.flatMap(({ specks }) => specks.map((speck) => speckLayer(speck, pose, small))),
  markers: () => Object.values(devices).flatMap((device) => views.flatMap((view) => sides.map((side) => markerLayer(coarse(device, 1), side, view)))),
  field: () => powerLawField(37, 53, keyedRandom("field"), { levels: 5, fall: 0.75 }),
  "anatomy from the side": () => renderAnatomy(breasts[0]!, pose, small, keyedRandom("anatomy")),
  "anatomy from above": () => renderAnatomy(breasts[1]!, craniocaudal, small, keyedRandom("anatomy")),
  ...Object.fromEntries(
    Object.entries(devices).map(([name, device], i) => [
      `picture of ${name}`,
      () => renderView({ ...massSpec, woman: i + 2, laterality: sides[i % 2]!, view: views[i]!, device: coarse(device, 1.5) }),
    ]),
  ),
  "picture, three pixels a cell": () => renderView({ ...massSpec, device: { ...devices.deneb, mmPerPixel: 0.11, rows: 500, columns: 400 } }),
  "plan, defaults": () => planCohort({ women: 40 }),
  "plan, all that is rare": () =>
    planCohort({
      seed: 4,
      women: 40,
      cancerShare: 0.5,
      priorShare: 0.5,
      missingViewShare: 0.5,
      extraViewShare: 0.5,
      oneBreastShare: 0.3,
      conspicuity: 0.6,
    }),
  tables: () => {
    const exams = planCohort({ seed: 4, women: 12, priorShare: 0.5, oneBreastShare: 0.4 });
    const rows = [{ filename: "a.dcm", lesions: [{ kind: "mass", malignant: true, box: { top: 1, left: 2, bottom: 3, right: 4 } } as const] }];
    return [crosswalkTable(exams, (exam, image) => `${exam.woman}-${image}`), metadataTable(exams), annotationsTable(rows)];
  },
  uids: () => [uidOf("a"), uidOf("a", 1), uidOf(1, 2, 3, "instance")],
  orientations: () => views.flatMap((view) => sides.map((side) => patientOrientation(side, view))),
};

describe("a seed's pieces are what they were", () => {
  it.each(Object.keys(pieces))("%s", (name) => {
    expect(digest(pieces[name]!())).toBe(digests[name]);
  });

  it("and nothing else is kept of them", () => {
    expect(Object.keys(digests)).toEqual(Object.keys(pieces));
  });
});
