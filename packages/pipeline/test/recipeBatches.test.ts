import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { type Cohort, type LesionCrop, readDreamCohort } from "@mammo/io/node";
import { kindClasses, retinaNet } from "@mammo/models";
import { writeCohort } from "@mammo/phantom/node";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchKind, type OptionsOf, recipeBatches, type StoredView, storeImages, windowsOf } from "../src/node.ts";
import { manyLesions } from "../src/recipes/graphs/graphsConfig.ts";

let folder: string;
let views: readonly StoredView[];
let optionsOf: OptionsOf;
beforeAll(async () => {
  await selectBackend({ prefer: "cpu" });
  folder = await mkdtemp(join(tmpdir(), "mammo-batches-"));
  for await (const _ of writeCohort({ folder: join(folder, "cohort"), ...manyLesions, women: 3, seed: 2 }));
  const cohort = await readDreamCohort(join(folder, "cohort"));
  views = await stored({ ...cohort, images: cohort.images.filter(({ cancer }) => cancer !== undefined) });
  const model = retinaNet({ width: 1 / 32 });
  const options = { seed: 3, size: 4 };
  optionsOf = {
    ...{ patches: options, opposite: options, views: options, pairs: options },
    lesionPatches: { ...options, side: 192, crops: [await storedCrop()], minedShare: 0.5 },
    windows: { ...options, ...windowsOf(model) },
    lesions: { ...options, classes: kindClasses },
  };
  model.dispose();
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A lesion without a film. */
async function storedCrop(): Promise<LesionCrop> {
  const path = join(folder, "crop.png");
  const data = Uint8Array.from({ length: 60_000 }, (_, at) => (at % 35 < 5 ? 255 : 100));
  await writeFile(path, encode({ width: 300, height: 200, data, channels: 1, depth: 8 }));
  return { path, patientId: "p", laterality: "L", kind: "calcification", malignant: true, withoutCallback: false };
}

async function stored(cohort: Cohort): Promise<readonly StoredView[]> {
  const work = storeImages(cohort, { folder: join(folder, "shards") });
  for (;;) {
    const { done, value } = await work.next();
    if (done) return value;
  }
}

const bytesOf = (tensor: Tensor) => {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return Buffer.from(buffer, byteOffset, byteLength);
};

describe("recipeBatches", () => {
  it.each<BatchKind>(["patches", "lesionPatches", "windows", "lesions", "opposite", "views", "pairs"])(
    "threads make the %s that this thread makes, to the bit",
    {
      timeout: 120_000,
    },
    async (kind) => {
      const [here, threads] = [0, 1].map((threads) => recipeBatches(views, { kind, options: optionsOf[kind], threads })) as [
        ReturnType<typeof recipeBatches<BatchKind>>,
        ReturnType<typeof recipeBatches<BatchKind>>,
      ];
      try {
        const steps = [0, 5];
        const mined = [{ view: 1, center: [300, 200], score: 1 }] as const;
        const early = steps.map((step) => threads.batch(step, mined)); // both asked for at once
        for (const [at, step] of steps.entries()) {
          const [own, other] = [await here.batch(step, mined), await early[at]!] as unknown as Record<string, Tensor>[];
          expect(Object.keys(other!)).toEqual(Object.keys(own!));
          for (const [name, tensor] of Object.entries(own!)) {
            expect([other![name]!.shape, other![name]!.dtype]).toEqual([tensor.shape, tensor.dtype]);
            expect(bytesOf(tensor).equals(bytesOf(other![name]!)), name).toBe(true);
          }
          // Batches of nothing would agree too.
          expect(bytesOf(Object.values(own!)[0]!).some((byte) => byte !== 0)).toBe(true);
          dispose([own, other]);
        }
      } finally {
        await threads.close();
      }
    },
  );

  it.each<BatchKind>(["patches", "lesionPatches", "windows", "lesions", "opposite", "views", "pairs"])(
    "tells which views a batch of %s reads",
    async (kind) => {
      const read: string[] = [];
      const note = (view: StoredView) => {
        read.push(view.id);
        return view.read();
      };
      const watched = views.map((view) => ({ ...view, read: () => note(view) }));
      dispose((await recipeBatches(watched, { kind, options: optionsOf[kind] }).batch(2)) as unknown as Record<string, Tensor>);
      const ids = await recipeBatches(views, { kind, options: optionsOf[kind] }).batchIds(2);
      expect(read.length).toBeGreaterThan(0);
      expect([...ids].sort()).toEqual([...new Set(read)].sort());
    },
  );

  it("refuses threads for views that are not on the disk", () => {
    const loose = views.map(({ stored: _, ...view }) => view);
    expect(() => recipeBatches(loose, { kind: "views", options: optionsOf.views, threads: 1 })).toThrow(
      "Expected views of storeImages, got one that is not stored.",
    );
  });
});
