import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cohort, readCohortImage, readDreamCohort } from "@mammo/io/node";
import { boxFromSource } from "@mammo/mammogram";
import { writeCohort } from "@mammo/phantom/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StoredView, storeImages } from "../src/node.ts";
import { toGrid } from "../src/recipes/dream/viewBatches.ts";
import { byteCache } from "../src/store/byteCache.ts";
import { plainViews, reopenViews } from "../src/store/imageStore.ts";

let folder: string;
let cohort: Cohort;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mammo-store-"));
  for await (const _ of writeCohort({ folder: join(folder, "cohort"), women: 2, seed: 4, cancerShare: 1 }));
  const all = await readDreamCohort(join(folder, "cohort"));
  cohort = { ...all, images: all.images.filter(({ lesions }) => lesions!.length > 0).slice(0, 3) };
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function store(from: Cohort, name: string, cacheBytes?: number): Promise<{ readonly views: StoredView[]; readonly phases: string[] }> {
  const work = storeImages(from, { folder: join(folder, name), ...(cacheBytes === undefined ? {} : { cacheBytes }) });
  const phases: string[] = [];
  for (let step = await work.next(); ; step = await work.next()) {
    if (step.done) return { views: step.value, phases };
    phases.push(`${step.value.phase} ${step.value.done}/${step.value.total}`);
  }
}

/** `toEqual` takes seconds for a million numbers. */
const expectSame = (a: Uint16Array, b: Uint16Array) => expect(Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer))).toBe(0);

describe("storeImages", () => {
  it("gives the standard image to the nearest of 65536 values, with its lesions; a second call stores nothing anew", {
    timeout: 120_000,
  }, async () => {
    const { views, phases } = await store(cohort, "shards");
    expect(phases).toEqual(["standardize 1/3", "standardize 2/3", "standardize 3/3"]);
    for (const [at, image] of cohort.images.entries()) {
      const standard = await readCohortImage(image);
      const { read, lesions, stored: place, ...known } = views[at]!;
      const { patientId, id, laterality, view, cancer } = image;
      expect(known).toEqual({ patientId, id, laterality, view, cancer, rows: standard.rows, columns: standard.columns });
      expect(place).toEqual({ folder: join(folder, "shards"), index: at });
      expect(lesions).toEqual(image.lesions!.map((lesion) => ({ ...lesion, box: boxFromSource(lesion.box, standard) })));
      const stored = await read();
      expectSame(
        stored.pixels,
        Uint16Array.from(standard.pixels, (value) => Math.round(value * 65535)),
      );
      expect(stored.breast).toEqual(standard.breast);
      // In memory now: the very same numbers.
      expect(await read()).toBe(stored);
      const [upright, flipped] = [toGrid(stored), toGrid(stored, { flip: true })];
      expect(upright.pixels[5 * standard.columns + 7]).toBe(flipped.pixels[(standard.rows - 6) * standard.columns + 7]);
    }
    const again = await store(cohort, "shards", 0);
    expect(again.phases).toEqual(["standardize 3/3"]);
    expectSame((await again.views[0]!.read()).pixels, (await views[0]!.read()).pixels);
  });

  it("gives views that can be sent to a thread and opened again there, with the same pixels", { timeout: 120_000 }, async () => {
    const { views } = await store(cohort, "shards");
    const sent = structuredClone(plainViews(views));
    const opened = await reopenViews(sent, { cacheBytes: 0 });
    for (const [at, view] of views.entries()) {
      const { read, ...known } = view;
      const { read: readAgain, ...other } = opened[at]!;
      expect(other).toEqual(known);
      expectSame((await readAgain()).pixels, (await read()).pixels);
    }
    const { stored: _, ...loose } = views[0]!;
    expect(() => plainViews([loose])).toThrow("Expected views of storeImages, got one that is not stored.");
  });

  it("names a file that cannot be read, without its folder", { timeout: 60_000 }, async () => {
    await truncate(cohort.images[1]!.path, 2000);
    await expect(store(cohort, "broken")).rejects.toMatchObject({
      name: "PipelineError",
      message: expect.stringMatching(/^Image \d+ of the cohort: Expected/),
    });
  });
});

describe("byteCache", () => {
  it("keeps what was asked for last, up to its bytes", async () => {
    const made: number[] = [];
    const cache = byteCache<string>(10);
    const get = (key: number, bytes = 4) =>
      cache.get(key, async () => {
        made.push(key);
        return { value: `value ${key}`, bytes };
      });
    for (const key of [1, 2, 1, 3, 1, 2]) expect(await get(key)).toBe(`value ${key}`);
    // 3 pushed out 2, which had not been asked for as long as 1 had.
    expect(made).toEqual([1, 2, 3, 2]);
    await get(4, 100);
    await get(4, 100);
    expect(made.slice(4)).toEqual([4, 4]);
  });
});
