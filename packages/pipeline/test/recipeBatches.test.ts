import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectBackend } from "@mammo/backend";
import { type Cohort, readDreamCohort } from "@mammo/io/node";
import { kindClasses, retinaNet } from "@mammo/models";
import { writeCohort } from "@mammo/phantom/node";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
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
    windows: { ...options, ...windowsOf(model) },
    lesions: { ...options, classes: kindClasses },
  };
  model.dispose();
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

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
  it.each<BatchKind>(["patches", "windows", "lesions", "opposite", "views", "pairs"])(
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
        const early = steps.map((step) => threads.batch(step)); // both asked for at once
        for (const [at, step] of steps.entries()) {
          const [own, other] = [await here.batch(step), await early[at]!] as unknown as Record<string, Tensor>[];
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

  it("refuses threads for views that are not on the disk", () => {
    const loose = views.map(({ stored: _, ...view }) => view);
    expect(() => recipeBatches(loose, { kind: "views", options: optionsOf.views, threads: 1 })).toThrow(
      "Expected views of storeImages, got one that is not stored.",
    );
  });
});
